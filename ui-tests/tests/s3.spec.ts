import { open, readFile } from 'node:fs/promises';
import type { Locator } from '@playwright/test';
import { expect, type Lab, test } from '../s3Lab';

const MIB = 1024 * 1024;

function rows(where: Locator): Locator {
  return where.locator('.jp-smext-S3 .jp-smext-Listing-row');
}

/** A file of this many bytes that takes no room on disk. */
async function sparseFile(path: string, size: number): Promise<string> {
  const file = await open(path, 'w');
  await file.truncate(size);
  await file.close();
  return path;
}

/** Press Upload in the panel and choose these files. */
async function choose(lab: Lab, paths: string | string[]): Promise<void> {
  const chooser = lab.page.waitForEvent('filechooser');
  await lab.panel.getByRole('button', { name: 'Upload Files…' }).click();
  await (await chooser).setFiles(paths);
}

test.describe('browse', () => {
  test('goes down and up, back and forward, and remembers the place', async ({ lab }) => {
    const bucket = await lab.bucketWith({
      'data/train/a.csv': 'a',
      'data/b.csv': 'bb',
      'c.txt': 'c'
    });
    await lab.execute('smext:s3-refresh');
    await rows(lab.panel).filter({ hasText: bucket }).dblclick();
    await expect(rows(lab.panel)).toHaveText([/data/, /c\.txt/]);
    await rows(lab.panel).first().dblclick();
    await expect(rows(lab.panel)).toHaveText([/train/, /b\.csv\s*2 B/]);

    const path = lab.panel.getByRole('navigation', { name: 'Path in S3' });
    await path.getByRole('button', { name: bucket }).click();
    await expect(rows(lab.panel)).toHaveText([/data/, /c\.txt/]);
    await lab.page.keyboard.press('Alt+ArrowLeft');
    await expect(rows(lab.panel)).toHaveText([/train/, /b\.csv/]);
    await lab.page.keyboard.press('Alt+ArrowRight');
    await expect(rows(lab.panel)).toHaveText([/data/, /c\.txt/]);

    await lab.reload();
    await expect(lab.panel).toBeVisible();
    await expect(rows(lab.panel)).toHaveText([/data/, /c\.txt/]);
    // What was folded stays folded.
    await expect(lab.panel.locator('.jp-AccordionPanel-title[aria-expanded="true"]')).toHaveCount(
      1
    );
  });

  test('takes any address in the path field', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'data/b.csv': 'b', 'data/c.csv': 'c' });
    const field = lab.panel.getByRole('combobox', { name: 'Path in S3' });
    const go = async (text: string): Promise<void> => {
      await lab.panel.getByRole('button', { name: 'Type a path' }).click();
      await field.fill(text);
      await field.press('Enter');
    };
    await go(`s3://${bucket}/data/`);
    await expect(rows(lab.panel)).toHaveText([/b\.csv/, /c\.csv/]);
    await go('s3://');
    await expect(rows(lab.panel).filter({ hasText: bucket })).toBeVisible();
    // An object: its folder, with the object selected.
    await go(`arn:aws:s3:::${bucket}/data/c.csv`);
    await expect(lab.panel.getByRole('row', { selected: true })).toHaveText(/c\.csv/);
    await go(`https://us-east-1.console.aws.amazon.com/s3/buckets/${bucket}?prefix=data/`);
    await expect(rows(lab.panel)).toHaveText([/b\.csv/, /c\.csv/]);
    await go('https://example.com/');
    await expect(lab.panel.getByRole('alert')).toContainText('names no place in S3');
    await field.press('Escape');
    await expect(field).toBeHidden();
    await go('s3://there-is-no-such-bucket-here/');
    const alert = lab.panel.getByRole('alert');
    await expect(alert).toContainText('Not found');
    await expect(alert).toContainText('arn:aws:s3:::there-is-no-such-bucket-here');
  });

  test('loads page after page, and filters on the server what is not loaded', async ({ lab }) => {
    // Pages of 150 rows instead of 1,000: what counts is that there are several.
    await lab.page.route('**/api/s3/objects/list?*', route =>
      route.continue({ postData: { ...route.request().postDataJSON(), max_keys: 150 } })
    );
    const bucket = await lab.bucketWith({});
    await lab.upload(
      bucket,
      'n/',
      Array.from({ length: 160 }, (_, index) => String(index).padStart(5, '0'))
    );
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/n/` });
    const footer = lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-footer');
    await expect(footer).toContainText('150 loaded, there are more');
    const filter = lab.panel.getByPlaceholder('Name begins with…');
    await filter.fill('0015');
    await expect(footer).toContainText('10 rows');
    await filter.fill('');
    await expect(footer).toContainText('150 loaded');

    await lab.panel.getByRole('grid').focus();
    await lab.page.keyboard.press('End');
    await expect(footer).toContainText('160 rows');
    await lab.page.keyboard.press('End');
    await expect(lab.panel.getByRole('row', { selected: true })).toHaveText(/00159/);
    expect(await rows(lab.panel).count()).toBeLessThan(100);
    // Now all is loaded, so any part of a name is found.
    await lab.panel.getByPlaceholder('Filter by name').fill('99');
    await expect(footer).toContainText('1 row');
    await lab.page.unrouteAll();
  });

  test('opens wide in the main area, and is there again after a reload', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'data/b.csv': 'b' });
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/`, tab: true });
    const tab = lab.page.locator('.jp-MainAreaWidget:visible');
    await rows(tab).filter({ hasText: 'data' }).dblclick();
    await expect(rows(tab)).toHaveText([/b\.csv/]);
    await expect(tab.getByRole('columnheader')).toHaveText([
      'Name',
      'Storage class',
      'Modified',
      'Size'
    ]);
    await lab.reload();
    await expect(rows(lab.page.locator('.jp-MainAreaWidget:visible'))).toHaveText([/b\.csv/]);
  });

  test('shows awkward keys as they are', async ({ lab }) => {
    const keys = [
      'a//b',
      '/lead',
      'with space',
      'plus+%25&#?',
      'ünï/ж',
      'dot/../dot',
      'line\nbreak'
    ];
    const bucket = await lab.bucketWith(Object.fromEntries(keys.map(key => [key, 'x'])));
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/a/` });
    await expect(rows(lab.panel)).toHaveText([/\(empty name\)/]);
    await rows(lab.panel).first().dblclick();
    await expect(rows(lab.panel)).toHaveText([/^b/]);
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/dot/../` });
    await expect(rows(lab.panel)).toHaveText([/^dot/]);
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/plus+%25&#?` });
    await expect(lab.panel.getByRole('row', { selected: true })).toContainText('plus+%25&#?');
  });
});

test.describe('move', () => {
  test('uploads with progress', async ({ lab }, info) => {
    const bucket = await lab.bucketWith({ 'in/old.txt': 'old' });
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/in/` });
    await expect(rows(lab.panel)).toHaveCount(1);
    await choose(lab, await sparseFile(info.outputPath('large.bin'), 256 * MIB));
    const bar = lab.panel.getByRole('progressbar');
    await expect(bar).toBeVisible();
    const seen = new Set<string | null>();
    await expect(async () => {
      seen.add(await bar.getAttribute('aria-valuenow', { timeout: 100 }));
      expect(seen.size).toBeGreaterThan(2);
    }).toPass({ intervals: [50] });
    await expect(rows(lab.panel)).toHaveText([/large\.bin\s*256 MiB/, /old\.txt/], {
      timeout: 30_000
    });
    await expect(bar).toBeHidden();
  });

  test('cancels an upload and leaves nothing behind', async ({ lab }, info) => {
    const bucket = await lab.bucketWith({ 'in/old.txt': 'old' });
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/in/` });
    await choose(lab, await sparseFile(info.outputPath('larger.bin'), 2048 * MIB));
    await lab.panel.getByRole('button', { name: /^Cancel s3:.*larger\.bin/ }).click();
    await expect(lab.panel.getByRole('progressbar')).toBeHidden({ timeout: 20_000 });
    await expect
      .poll(async () => {
        const { tasks } = await lab.api('GET', 'tasks');
        return tasks.find(
          (each: any) => each.title.includes(bucket) && each.title.includes('larger')
        )?.state;
      })
      .toBe('cancelled');
    expect(await lab.keys(bucket)).toEqual(['in/old.txt']);
  });

  test('asks once about what exists already, and overwrites nothing unasked', async ({
    lab
  }, info) => {
    const bucket = await lab.bucketWith({ 'a.txt': 'old a', 'b.txt': 'old b' });
    const paths = ['a.txt', 'b.txt', 'c.txt'].map(name => info.outputPath(name));
    for (const path of paths) {
      await sparseFile(path, 3);
    }
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/` });
    await choose(lab, paths);
    const dialog = lab.page.getByRole('dialog');
    await expect(dialog).toContainText('2 objects exist already');
    await expect(dialog).toContainText('a.txt');
    await dialog.getByRole('button', { name: 'Keep both' }).click();
    await expect(rows(lab.panel)).toHaveCount(5);
    expect(await lab.keys(bucket)).toEqual(['a (1).txt', 'a.txt', 'b (1).txt', 'b.txt', 'c.txt']);
  });

  test('downloads one object to the disk, and several as an archive', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'näme 1.txt': 'hello' });
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/` });
    await rows(lab.panel).first().click({ button: 'right' });
    const download = lab.page.waitForEvent('download');
    await lab.page.getByRole('menuitem', { name: 'Download' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('näme 1.txt');
    expect(await readFile(await saved.path(), 'utf-8')).toBe('hello');

    await lab.put(bucket, 'sub/deep.txt', 'deep');
    await lab.execute('smext:s3-refresh');
    await expect(rows(lab.panel)).toHaveCount(2);
    await lab.panel.getByRole('grid').focus();
    await lab.page.keyboard.press('Control+a');
    await expect(lab.panel.getByRole('row', { selected: true })).toHaveCount(2);
    const archive = lab.page.waitForEvent('download');
    await lab.execute('smext:s3-download');
    const zip = await archive;
    expect(zip.suggestedFilename()).toBe(`${bucket}.zip`);
    const content = await readFile(await zip.path());
    for (const part of ['näme 1.txt', 'sub/deep.txt', 'hello', 'deep']) {
      expect(content.includes(part)).toBe(true);
    }
  });

  test('copies to the file browser and back', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'set/x/1.txt': 'one', 'set/2.txt': 'two' });
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/` });
    await rows(lab.panel).first().click();
    await lab.execute('smext:s3-copy-to-files');
    await expect
      .poll(() => readFile(`${lab.server.root}/set/x/1.txt`, 'utf-8').catch(() => null))
      .toBe('one');

    await lab.execute('filebrowser:activate');
    await lab.page.locator('.jp-DirListing-item', { hasText: 'set' }).click({ button: 'right' });
    await lab.page.getByRole('menuitem', { name: 'Copy to S3…' }).click();
    await lab.page.getByRole('dialog').getByRole('textbox').fill(`s3://${bucket}/copy`);
    await lab.page.getByRole('dialog').getByRole('button', { name: 'Copy' }).click();
    await expect
      .poll(() => lab.keys(bucket, 'copy/'))
      .toEqual(['copy/set/2.txt', 'copy/set/x/1.txt']);
  });

  test('creates a bucket by the rules, and a folder', async ({ lab }) => {
    await lab.execute('smext:s3-open', { uri: 's3://' });
    await lab.panel.getByRole('button', { name: 'Create Bucket…' }).click();
    const dialog = lab.page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('not_a_name');
    await expect(dialog.locator('[data-status="bad"]')).toHaveCount(1);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(dialog.getByRole('alert')).toContainText('lower-case letters');
    const name = `sagemaker-ui-${Date.now()}`;
    await dialog.getByRole('textbox').fill(name);
    await expect(dialog).toContainText('AmazonSageMakerFullAccess can read and write it');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(lab.panel.getByText('Nothing here')).toBeVisible();

    await lab.panel.getByRole('button', { name: 'New Folder…' }).click();
    await lab.page.getByRole('dialog').getByRole('textbox').fill('models');
    await lab.page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await expect(rows(lab.panel)).toHaveText([/models/]);
    expect(await lab.keys(name)).toEqual(['models/']);
  });
});

test.describe('keyboard and looks', () => {
  test('browses, selects, copies and deletes without a mouse', async ({ lab }) => {
    const bucket = await lab.bucketWith({
      'data/a.csv': 'a',
      'data/b.csv': 'b',
      'data/c.csv': 'c'
    });
    await lab.execute('smext:s3-open', { uri: 's3://' });
    const { keyboard } = lab.page;
    const grid = lab.panel.getByRole('grid');
    const dialog = lab.page.getByRole('dialog');
    /** Press Delete where the list has the keyboard, and wait until the question has it. */
    const askToDelete = async (question: string): Promise<void> => {
      await expect(grid).toBeFocused();
      await keyboard.press('Delete');
      await expect(dialog).toContainText(question);
      await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    };
    const confirm = async (): Promise<void> => {
      await keyboard.press('Tab');
      await expect(dialog.getByRole('button', { name: 'Delete' })).toBeFocused();
      await keyboard.press('Enter');
    };

    await expect(grid).toBeFocused();
    await keyboard.press('Control+l');
    await expect(lab.panel.getByRole('combobox', { name: 'Path in S3' })).toBeFocused();
    await keyboard.type(`s3://${bucket}/`);
    await keyboard.press('Enter');
    await expect(rows(lab.panel)).toHaveText([/data/]);
    await expect(grid).toBeFocused();
    await keyboard.press('ArrowDown');
    await expect(lab.panel.getByRole('row', { selected: true })).toHaveText(/data/);
    await keyboard.press('Enter');
    await expect(rows(lab.panel)).toHaveCount(3);
    await keyboard.press('b');
    await expect(lab.panel.getByRole('row', { selected: true })).toHaveText(/b\.csv/);
    await keyboard.press('Shift+ArrowDown');
    await expect(lab.panel.getByRole('row', { selected: true })).toHaveCount(2);
    await keyboard.press('Control+c');
    await expect
      .poll(() => lab.page.evaluate(() => navigator.clipboard.readText()))
      .toBe(`s3://${bucket}/data/b.csv\ns3://${bucket}/data/c.csv`);

    // The menu key opens the menu; Escape brings the keyboard back to the list.
    await keyboard.press('Shift+F10');
    await expect(lab.page.getByRole('menuitem', { name: 'Delete…' })).toBeVisible();
    await keyboard.press('Escape');

    await askToDelete('Delete 2 objects?');
    await expect(dialog).toContainText('data/b.csv');
    await keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    expect(await lab.keys(bucket)).toHaveLength(3);
    await askToDelete('Delete 2 objects?');
    await confirm();
    await expect(rows(lab.panel)).toHaveText([/a\.csv/]);
    expect(await lab.keys(bucket)).toEqual(['data/a.csv']);

    await expect(grid).toBeFocused();
    await keyboard.press('Backspace');
    await expect(lab.panel.getByRole('row', { selected: true })).toHaveText(/data/);
    await askToDelete('Delete 1 object?');
    await confirm();
    await expect(lab.panel.getByText('Nothing here')).toBeVisible();
  });

  test('dialogs take the keyboard at once, also in a page that is never idle', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'x.csv': 'a,b' });
    const dialogs: [string, Record<string, unknown>, string][] = [
      ['smext:s3-create-bucket', {}, 'input'],
      ['smext:s3-presign', { uri: `s3://${bucket}/x.csv` }, 'select'],
      ['smext:s3-insert-code', { uri: `s3://${bucket}/x.csv` }, 'button.jp-mod-accept'],
      ['smext:endpoint-deploy', { training_job_name: 'some-job' }, '#smext-deploy-name']
    ];
    await lab.page.evaluate(() => {
      const page = window as any;
      page.whenIdle = page.requestIdleCallback;
      page.requestIdleCallback = () => 0;
    });
    for (const [command, args, field] of dialogs) {
      void lab.execute(command, args);
      const dialog = lab.page.getByRole('dialog');
      await expect(dialog.locator(`${field}:focus`)).toBeVisible();
      await lab.page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
    }
    await lab.page.evaluate(() => {
      const page = window as any;
      page.requestIdleCallback = page.whenIdle;
    });
  });

  test.afterAll(async ({ shared }) => {
    await shared.setTheme('JupyterLab Light');
  });

  for (const theme of ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast']) {
    test(`is accessible and fits into 250 pixels in ${theme}`, async ({ lab }) => {
      const bucket = await lab.bucketWith({
        'data/a name that is much longer than the sidebar is wide, even without its size.parquet':
          'a',
        'data/train/a.csv': 'a'
      });
      await lab.setTheme(theme);
      await lab.setPanelWidth(250);
      await lab.execute('smext:s3-open', { uri: `s3://${bucket}/data/` });
      await expect(rows(lab.panel)).toHaveCount(2);
      await lab.page.keyboard.press('ArrowDown');
      const overflow = await lab.panel.evaluate(panel =>
        Array.from(panel.querySelectorAll('*'))
          .filter(
            each => each.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1
          )
          .map(each => each.className)
      );
      expect(overflow).toEqual([]);
      await lab.expectAccessible('#jp-smext-panel');
      await lab.execute('smext:s3-open', { uri: 's3://there-is-no-such-bucket-here/' });
      await expect(lab.panel.getByRole('alert')).toBeVisible();
      await lab.expectAccessible('#jp-smext-panel');
    });
  }
});
