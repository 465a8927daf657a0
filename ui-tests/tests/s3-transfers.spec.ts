import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, type Lab, test } from '../s3Lab';

function rows(lab: Lab): Locator {
  return lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-row');
}

/**
 * Drop a folder of the desktop on the list of the panel: a tree of names, with texts as files.
 *
 * No script may put a folder into a drop, so its entries are stand-ins that behave as browsers do: callbacks, and
 * at most two entries at a time.
 */
async function drop(lab: Lab, tree: object): Promise<void> {
  await lab.panel.locator('.jp-smext-S3 .jp-smext-S3-body').evaluate((list, dropped) => {
    const entryOf = ([name, content]: [string, unknown]): unknown => {
      if (typeof content === 'string') {
        const file = (done: (file: File) => void) => done(new File([content], name));
        return { name, isFile: true, isDirectory: false, file };
      }
      const createReader = () => {
        const left = Object.entries(content as object).map(entryOf);
        return {
          readEntries: (done: (batch: unknown[]) => void) =>
            window.setTimeout(() => done(left.splice(0, 2)))
        };
      };
      return { name, isFile: false, isDirectory: true, createReader };
    };
    const items = Object.entries(dropped).map(each => {
      const entry = entryOf(each);
      return { kind: 'file', webkitGetAsEntry: () => entry };
    });
    const event = new DragEvent('drop', { bubbles: true, cancelable: true });
    Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], items } });
    list.dispatchEvent(event);
  }, tree);
}

test.describe('from the desktop', () => {
  test('a folder is dropped with all that is in it, and asks once about what exists', async ({
    lab
  }) => {
    const bucket = await lab.bucketWith({ 'in/set/b.txt': 'old b', 'in/set/sub/d.txt': 'old d' });
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/in/` });
    await expect(rows(lab)).toHaveText([/set/]);
    await drop(lab, {
      set: {
        'a.txt': 'a',
        'b.txt': 'new b',
        sub: { deep: { 'c.txt': 'c' }, 'd.txt': 'new d' },
        empty: {}
      },
      'e.txt': 'e'
    });
    const dialog = lab.page.getByRole('dialog');
    await expect(dialog).toContainText('2 objects exist already');
    await expect(dialog.getByRole('listitem')).toHaveText(['in/set/b.txt', 'in/set/sub/d.txt']);
    await dialog.getByRole('button', { name: 'Overwrite' }).click();
    await expect(rows(lab)).toHaveText([/set/, /e\.txt/]);
    expect(await lab.keys(bucket)).toEqual([
      'in/e.txt',
      'in/set/a.txt',
      'in/set/b.txt',
      'in/set/empty/',
      'in/set/sub/d.txt',
      'in/set/sub/deep/c.txt'
    ]);
    const { text } = await lab.api('POST', 's3/object/text', { bucket, key: 'in/set/sub/d.txt' });
    expect(text).toBe('new d');
    await expect(dialog).toBeHidden();
  });

  test('what failed to upload is tried again', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'in/old.txt': 'old' });
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/in/` });
    await expect(rows(lab)).toHaveCount(1);
    const refusal = { code: 'AccessDenied', message: 'not yet', retryable: false };
    await lab.page.route(
      '**/api/s3/uploads?*',
      route => route.fulfill({ status: 403, json: refusal }),
      { times: 1 }
    );
    await drop(lab, { 'new.txt': 'new' });
    const toast = lab.page.locator('.Toastify__toast', { hasText: '1 file could not be uploaded' });
    await toast.getByRole('button', { name: 'Try again' }).click();
    await expect(rows(lab)).toHaveText([/new\.txt/, /old\.txt/]);
  });

  test('a presigned address takes a real upload', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'in.txt': 'before' });
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/` });
    await rows(lab).first().click({ button: 'right' });
    await lab.page.getByRole('menuitem', { name: 'Presigned URL…' }).click();
    const dialog = lab.page.getByRole('dialog');
    const method = dialog.getByLabel('For').first();
    await expect(method).toBeFocused();
    await method.selectOption('upload (PUT)');
    await dialog.getByRole('button', { name: 'Sign' }).click();
    const url = await dialog.getByLabel('Presigned URL').inputValue();
    const answer = await lab.page.request.put(url, { data: Buffer.from('put by an address') });
    expect(answer.status()).toBe(200);
    const { text } = await lab.api('POST', 's3/object/text', { bucket, key: 'in.txt' });
    expect(text).toBe('put by an address');
    await dialog.getByRole('button', { name: 'Close' }).click();
  });
});

test.describe('from and to the files of the server', () => {
  test('a transfer that failed is tried again from where it is told', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'blocked/a.txt': 'a' });
    // A file where the folder should come: nothing can be written below it.
    const blocked = join(lab.server.root, 'blocked');
    await rm(blocked, { recursive: true, force: true });
    await writeFile(blocked, 'in the way');
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/blocked/` });
    await lab.execute('filebrowser:go-to-path', { path: '/', dontShowBrowser: true });
    const { id } = await lab.api('POST', 's3/transfers/download', {
      bucket,
      key: 'blocked/a.txt',
      path: 'blocked/a.txt'
    });
    const toast = lab.page.locator('.Toastify__toast', { hasText: 'blocked/a.txt' });
    await expect(toast).toBeVisible();
    await rm(blocked);

    await lab.execute('smext:show-tasks');
    const popup = lab.page.getByRole('dialog', { name: 'Transfers and other long operations' });
    const item = popup.locator('.jp-smext-Task', {
      hasText: `${bucket}/blocked/a.txt to blocked/a.txt`
    });
    await expect(item).toHaveAttribute('data-state', 'failed');
    await lab.expectAccessible('.jp-smext-TasksPopup');
    await item.getByRole('button', { name: /^Try again/ }).click();
    await expect.poll(() => readFile(join(blocked, 'a.txt'), 'utf-8').catch(() => null)).toBe('a');
    await expect(item.and(popup.locator('[data-state="failed"]'))).toHaveCount(0);
    const { tasks } = await lab.api('GET', 'tasks');
    expect(tasks.map((each: { id: string }) => each.id)).not.toContain(id);
    await rm(blocked, { recursive: true });
  });

  test('many objects and folders come as one archive', async ({ lab }, info) => {
    const bucket = await lab.bucketWith({ 'set/deep/two.txt': 'two', 'one.txt': 'one' });
    await lab.upload(
      bucket,
      'many/',
      Array.from({ length: 300 }, (_, index) => `${String(index).padStart(3, '0')}.txt`)
    );
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/` });
    await expect(rows(lab)).toHaveCount(3);
    await lab.panel.getByRole('grid').focus();
    await lab.page.keyboard.press('Control+a');
    await expect(lab.panel.getByRole('row', { selected: true })).toHaveCount(3);
    const download = lab.page.waitForEvent('download');
    await lab.execute('smext:s3-download');
    const path = info.outputPath('all.zip');
    await (await download).saveAs(path);
    const python = process.env.PYTHON || join(__dirname, '../../.venv/bin/python');
    const code =
      'import json, sys, zipfile\n' +
      'archive = zipfile.ZipFile(sys.argv[1])\n' +
      'assert archive.testzip() is None\n' +
      'print(json.dumps(archive.namelist()))';
    const names = JSON.parse(execFileSync(python, ['-c', code, path], { encoding: 'utf-8' }));
    expect(names).toHaveLength(302);
    expect(names).toEqual(expect.arrayContaining(['one.txt', 'set/deep/two.txt', 'many/299.txt']));
  });
});
