import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, type Lab, test } from '../s3Lab';

const CSV = ['species,mass', ...Array.from({ length: 150 }, (_, row) => `Adelie,${3000 + row}`)];
/** One transparent pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64'
);

/** Open the tab of an object. */
async function openObject(lab: Lab, uri: string): Promise<Locator> {
  await lab.execute('smext:s3-open-selected', { uri });
  const view = lab.page.locator('.jp-smext-Object:visible');
  await expect(view).toBeVisible();
  return view;
}

test.describe('objects', () => {
  test('are previewed without a download, and are there again after a reload', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'data/penguins.csv': CSV.join('\n') });
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/data/` });
    await lab.panel.locator('.jp-smext-Listing-row').first().waitFor();
    await lab.page.keyboard.press('ArrowDown');
    await lab.page.keyboard.press('Enter');

    const view = lab.page.locator('.jp-smext-Object:visible');
    await expect(view.getByRole('heading', { name: 'penguins.csv' })).toBeVisible();
    await expect(view.getByRole('columnheader')).toContainText(['Row', 'species', 'mass']);
    await expect(view.getByRole('row')).toHaveCount(101);
    await expect(view).toContainText('in 1 request');
    await view.getByRole('button', { name: 'Show up to 1,000 rows' }).click();
    await expect(view.getByRole('row')).toHaveCount(151);
    await view.getByRole('checkbox', { name: 'First row names the columns' }).uncheck();
    await expect(view.getByRole('row')).toHaveCount(152);
    await lab.expectAccessible('.jp-smext-Object');

    await lab.reload();
    await expect(view.getByRole('heading', { name: 'penguins.csv' })).toBeVisible();
    await expect(view.getByRole('columnheader')).toContainText(['Row', 'species', 'mass']);
  });

  test('show what they are, and never run', async ({ lab }) => {
    const bucket = await lab.bucketWith({
      'text.txt': 'one\ntwo',
      'some.json': '{"a": [1, 2]}',
      'image.png': PNG,
      'page.html': '<script>document.title = "run"</script><b>bold</b>',
      'random.bin': Buffer.from([0, 1, 2, 253, 254, 255]),
      'empty.csv': ''
    });
    let view = await openObject(lab, `s3://${bucket}/text.txt`);
    await expect(view.locator('pre')).toHaveText('one\ntwo');
    view = await openObject(lab, `s3://${bucket}/some.json`);
    await expect(view.locator('.jp-smext-Preview')).toContainText('"a"');
    view = await openObject(lab, `s3://${bucket}/image.png`);
    await expect
      .poll(() => view.getByRole('img').evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBe(1);
    view = await openObject(lab, `s3://${bucket}/page.html`);
    await expect(view.locator('pre')).toContainText('<b>bold</b>');
    expect(await lab.page.title()).not.toContain('run');
    view = await openObject(lab, `s3://${bucket}/random.bin`);
    await expect(view.locator('pre')).toContainText('00000000  00 01 02 fd fe ff');
    view = await openObject(lab, `s3://${bucket}/empty.csv`);
    await expect(view.locator('.jp-smext-Preview')).toBeVisible();
    view = await openObject(lab, `s3://${bucket}/gone.csv`);
    await expect(view.getByRole('alert')).toContainText('Not found');
  });

  test('have details, and tags that can be changed', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'a/x.txt': 'hello' });
    const view = await openObject(lab, `s3://${bucket}/a/x.txt`);
    await view.getByRole('tab', { name: 'Preview' }).press('ArrowRight');
    await expect(view.getByRole('tab', { name: 'Details' })).toHaveAttribute(
      'aria-selected',
      'true'
    );
    const details = view.locator('.jp-smext-Details');
    await expect(details).toContainText(`arn:aws:s3:::${bucket}/a/x.txt`);
    await expect(details).toContainText('5 B (5 bytes)');
    await details.getByRole('button', { name: 'Edit tags' }).click();
    await details.getByLabel('Name of tag 1').fill('stage');
    await details.getByLabel('Value of tag 1').fill('raw');
    await details.getByRole('button', { name: 'Save' }).click();
    await expect(details.getByText('stage')).toBeVisible();
    const { tags } = await lab.api('POST', 's3/object/details', { bucket, key: 'a/x.txt' });
    expect(tags).toEqual({ stage: 'raw' });
    await lab.expectAccessible('.jp-smext-Object');
  });

  test('lend an address, and code for notebooks', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'x.csv': 'a,b\n1,2' });
    const uri = `s3://${bucket}/x.csv`;
    await openObject(lab, uri);
    await lab.page.getByRole('button', { name: 'Presigned URL…' }).click();
    const dialog = lab.page.getByRole('dialog');
    await dialog.getByLabel('Valid for').selectOption('15 minutes');
    await dialog.getByRole('button', { name: 'Sign' }).click();
    const url = await dialog.getByLabel('Presigned URL').inputValue();
    expect(await (await lab.page.request.get(url)).text()).toBe('a,b\n1,2');
    await dialog.getByRole('button', { name: 'Close' }).click();

    const cell = {
      cell_type: 'code',
      source: '',
      metadata: {},
      outputs: [],
      execution_count: null
    };
    const path = `${bucket}.ipynb`;
    await lab.page.request.put(`${lab.server.url}api/contents/${path}`, {
      headers: { Authorization: `token ${lab.server.token}` },
      data: {
        type: 'notebook',
        content: {
          nbformat: 4,
          nbformat_minor: 4,
          metadata: { kernelspec: { name: 'python3', display_name: 'Python 3' } },
          cells: [cell]
        }
      }
    });
    await lab.execute('docmanager:open', { path, factory: 'Notebook' });
    await lab.page.locator('.jp-Notebook .jp-Cell').first().click();
    void lab.execute('smext:s3-insert-code', { uri });
    await dialog.getByLabel('Library').selectOption('pandas');
    await dialog.getByRole('button', { name: 'Insert at the Cursor' }).click();
    await expect(lab.page.locator('.jp-Notebook .cm-content').first()).toContainText(
      `pd.read_csv("${uri}")`
    );
  });
});

test.describe('edit', () => {
  test('a text is saved from an editor, and nobody’s newer version is lost', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'conf/x.yaml': 'a: 1\n' });
    const text = async (): Promise<string> =>
      (await lab.api('POST', 's3/object/text', { bucket, key: 'conf/x.yaml' })).text;
    await openObject(lab, `s3://${bucket}/conf/x.yaml`);
    await lab.page.getByRole('button', { name: 'Edit as Text' }).click();
    const editor = lab.page.locator('.jp-FileEditor .cm-content');
    await expect(editor).toContainText('a: 1');
    await editor.click();
    await lab.page.keyboard.press('Control+End');
    await lab.page.keyboard.type('b: 2');
    await lab.execute('docmanager:save');
    await expect.poll(text).toBe('a: 1\nb: 2');

    // S3 keeps whole seconds, and JupyterLab compares them.
    await lab.page.waitForTimeout(1600);
    await lab.put(bucket, 'conf/x.yaml', 'theirs');
    await editor.click();
    await lab.page.keyboard.type(' # mine');
    void lab.execute('docmanager:save');
    const dialog = lab.page.getByRole('dialog');
    await expect(dialog).toContainText('has changed on disk');
    await dialog.getByRole('button', { name: 'Revert' }).click();
    await expect(editor).toHaveText('theirs');
    expect(await text()).toBe('theirs');
  });

  test('an archive is listed, looked into and taken apart', async ({ lab }) => {
    // A tar of two members, one of which leads out of its folder.
    const bucket = await lab.bucketWith({
      'model.tar': tar({ 'inner/data.csv': 'a,b\n1,2\n', '../evil.txt': 'x' })
    });
    const view = await openObject(lab, `s3://${bucket}/model.tar`);
    const rows = view.locator('.jp-smext-Archive .jp-smext-Listing-row');
    await expect(rows).toHaveText([/inner\/data\.csv/, /\.\.\/evil\.txt/]);
    await rows.nth(1).click();
    await expect(view.getByRole('button', { name: 'Look inside' })).toBeDisabled();
    await rows.first().click();
    await view.getByRole('button', { name: 'Look inside' }).click();
    await expect(view.getByRole('columnheader')).toContainText(['Row', 'a', 'b']);
    await view.getByRole('button', { name: 'Back to the members' }).click();
    await rows.first().click();
    await view.getByRole('button', { name: 'Extract to the file browser' }).click();
    await expect
      .poll(() => readFile(`${lab.server.root}/data.csv`, 'utf-8').catch(() => null))
      .toBe('a,b\n1,2\n');
  });
});

/** A tar archive of small files. */
function tar(files: Record<string, string>): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, content] of Object.entries(files)) {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        0', 148);
    header.write('ustar\0', 257);
    header.write('00', 263);
    const sum = header.reduce((total, each) => total + each, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, Buffer.from(content.padEnd(512, '\0')));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

test.describe('inside S3', () => {
  test('objects and folders are copied, moved and renamed', async ({ lab }) => {
    const bucket = await lab.bucketWith({
      'from/a.txt': 'a',
      'from/sub/b.txt': 'b',
      'to/a.txt': 'old'
    });
    const { keyboard } = lab.page;
    const rows = lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-row');
    const dialog = lab.page.getByRole('dialog');
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/from/` });
    await expect(rows).toHaveCount(2);
    await keyboard.press('Control+a');
    await keyboard.press('Control+c');
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/to/` });
    await expect(rows).toHaveCount(1);
    await keyboard.press('Control+v');
    await expect(dialog).toContainText('1 object exists already');
    await dialog.getByRole('button', { name: 'Skip' }).click();
    await expect(rows).toHaveText([/sub/, /a\.txt/]);
    expect(await lab.keys(bucket)).toEqual([
      'from/a.txt',
      'from/sub/b.txt',
      'to/a.txt',
      'to/sub/b.txt'
    ]);

    await lab.panel.getByRole('grid').focus();
    await keyboard.press('Home');
    await expect(lab.panel.getByRole('row', { selected: true })).toHaveText(/sub/);
    await keyboard.press('F2');
    await dialog.getByRole('textbox').fill('renamed');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await expect(rows).toHaveText([/renamed/, /a\.txt/]);
    expect(await lab.keys(bucket, 'to/')).toEqual(['to/a.txt', 'to/renamed/b.txt']);

    await rows.filter({ hasText: 'renamed' }).click();
    await keyboard.press('Control+x');
    await keyboard.press('Backspace');
    await expect(rows).toHaveText([/from/, /to/]);
    await keyboard.press('Control+v');
    await expect(rows).toHaveText([/from/, /renamed/, /to/]);
    expect(await lab.keys(bucket, 'renamed/')).toEqual(['renamed/b.txt']);
    expect(await lab.keys(bucket, 'to/')).toEqual(['to/a.txt']);
  });

  test('a search finds at any depth, and its results can be used', async ({ lab }) => {
    const objects: Record<string, string> = {};
    for (let index = 0; index < 60; index++) {
      objects[`logs/${index % 6}/part-${index}.${index % 2 ? 'csv' : 'json'}`] = 'x'.repeat(index);
    }
    const bucket = await lab.bucketWith(objects);
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/logs/` });
    await expect(lab.panel.locator('.jp-smext-Listing-row')).toHaveCount(6);
    await lab.panel.getByRole('button', { name: /^Search all objects/ }).click();

    const search = lab.page.locator('.jp-smext-Search:visible');
    await search.getByLabel('What the key contains').fill('PART-1');
    await lab.page.keyboard.press('Enter');
    const status = search.locator('.jp-smext-Listing-footer');
    await expect(status).toContainText('11 found');
    await expect(status).toContainText('60 objects looked at');
    await search.getByLabel('Match case').check();
    await lab.page.getByRole('button', { name: 'Search', exact: true }).click();
    await expect(search.getByText('Nothing found')).toBeVisible();
    await search.getByLabel('How the text is meant').selectOption('wildcards');
    await search.getByLabel('What the key contains').fill('3/*.csv');
    await lab.page.keyboard.press('Enter');
    await expect(status).toContainText('10 found');
    await lab.expectAccessible('.jp-smext-Search');

    await search.locator('.jp-smext-Listing-row').first().click({ button: 'right' });
    const download = lab.page.waitForEvent('download');
    await lab.page.getByRole('menuitem', { name: 'Download' }).click();
    expect((await download).suggestedFilename()).toMatch(/part-.*\.csv/);
    await search.locator('.jp-smext-Listing-row').first().dblclick();
    await expect(lab.page.locator('.jp-smext-Object:visible h2')).toHaveText(/part-.*\.csv/);
  });

  test('a folder tells its size by class and folder', async ({ lab }) => {
    const bucket = await lab.bucketWith({
      'set/a/1': 'x'.repeat(3000),
      'set/b/2': 'x'.repeat(1000),
      'set/3': ''
    });
    await lab.execute('smext:s3-usage', { uri: `s3://${bucket}/set/` });
    const view = lab.page.locator('.jp-smext-Usage:visible');
    await expect(view.locator('.jp-smext-Usage-total')).toContainText('3.91 KiB');
    await expect(view.locator('.jp-smext-Usage-total')).toContainText('3 objects');
    await expect(view.getByRole('rowheader', { name: 'STANDARD' })).toBeVisible();
    await expect(view.getByRole('listitem')).toContainText([/a.*75%/, /b.*25%/, /no folder/]);
    await lab.expectAccessible('.jp-smext-Usage');
    await view.getByRole('button', { name: 'a', exact: true }).click();
    await expect(view.getByRole('heading', { level: 2 })).toHaveText(`s3://${bucket}/set/a/`);
    await expect(view.locator('.jp-smext-Usage-total')).toContainText('1 object');

    // After a reload nothing is counted unasked.
    await lab.reload();
    await expect(view.getByRole('heading', { level: 2 })).toHaveText(`s3://${bucket}/set/a/`);
    await expect(view.locator('.jp-smext-Usage-total')).toBeHidden();
    await view.getByRole('button', { name: 'Count', exact: true }).click();
    await expect(view.locator('.jp-smext-Usage-total')).toContainText('1 object');
  });

  test('files are dropped from the file browser', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'in/x.txt': 'x' });
    const name = `${bucket}.txt`;
    await lab.page.request.put(`${lab.server.url}api/contents/${name}`, {
      headers: { Authorization: `token ${lab.server.token}` },
      data: { type: 'file', format: 'text', content: 'from the file browser' }
    });
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/in/`, tab: true });
    const tab = lab.page.locator('.jp-MainAreaWidget:visible .jp-smext-S3');
    await expect(tab.locator('.jp-smext-Listing-row')).toHaveCount(1);
    await lab.execute('filebrowser:activate');
    await lab.execute('filebrowser:refresh');
    const item = lab.page.locator('.jp-DirListing-item', { hasText: name });
    const { mouse } = lab.page;
    // Unlike a bare move, a hover waits until the list stands still.
    await item.hover({ position: { x: 30, y: 8 } });
    const from = await item.boundingBox();
    const to = await tab.boundingBox();
    await mouse.down();
    await mouse.move(from!.x + 60, from!.y + 30, { steps: 3 });
    await mouse.move(to!.x + 200, to!.y + 200, { steps: 6 });
    await expect(tab.getByText(`Drop to copy to s3://${bucket}/in/`)).toBeVisible();
    await mouse.up();
    await expect(tab.locator('.jp-smext-Listing-row')).toHaveText([new RegExp(name), /x\.txt/]);
  });

  test('rows are dropped on the file browser', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'set/deep/x.txt': 'deep', 'a.txt': 'a' });
    const folder = `${bucket}-target`;
    await mkdir(join(lab.server.root, folder));
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/`, tab: true });
    const rows = lab.page.locator('.jp-MainAreaWidget:visible .jp-smext-S3 .jp-smext-Listing-row');
    await expect(rows).toHaveText([/set/, /a\.txt/]);
    await lab.execute('filebrowser:activate');
    await lab.execute('filebrowser:refresh');
    const target = lab.page.locator('.jp-DirListing-item', { hasText: folder });
    await target.hover();
    await rows.first().hover();
    const to = await target.boundingBox();
    const { mouse } = lab.page;
    await mouse.down();
    await mouse.move(to!.x + 400, to!.y + 60, { steps: 3 });
    await mouse.move(to!.x + 40, to!.y + 8, { steps: 6 });
    await expect(target).toHaveClass(/jp-mod-dropTarget/);
    await mouse.up();
    await expect
      .poll(() =>
        readFile(join(lab.server.root, folder, 'set/deep/x.txt'), 'utf-8').catch(() => null)
      )
      .toBe('deep');
  });
});
