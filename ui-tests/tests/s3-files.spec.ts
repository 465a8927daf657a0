import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../s3Lab';

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false
  );

test.describe('keep places', () => {
  test('a place is pinned on top of the buckets, and offered in the path field', async ({
    lab
  }) => {
    const bucket = await lab.bucketWith({ 'deep/er/x.txt': 'x' });
    const rows = lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-row');
    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/deep/` });
    await expect(rows).toHaveText([/er/]);
    await rows.first().click({ button: 'right' });
    await lab.page.getByRole('menuitem', { name: 'Pin to the Top' }).click();
    await lab.panel.getByRole('button', { name: 'All buckets' }).click();
    const pinned = rows.filter({ hasText: `${bucket}/deep/er` });
    await expect(pinned).toHaveAttribute('data-kind', 'place');
    await pinned.dblclick();
    await expect(rows).toHaveText([/x\.txt/]);

    await lab.reload();
    await lab.panel.getByRole('button', { name: 'All buckets' }).click();
    await expect(pinned).toBeVisible();
    await lab.panel.getByRole('button', { name: 'Type a path' }).click();
    await expect(
      lab.panel.locator(`datalist option[value="s3://${bucket}/deep/er/"]`).first()
    ).toBeAttached();
    await lab.page.keyboard.press('Escape');
    await pinned.click({ button: 'right' });
    // What is pinned can be used from there, but not deleted.
    await expect(lab.page.getByRole('menuitem', { name: 'Delete…' })).toBeHidden();
    await lab.page.getByRole('menuitemcheckbox', { name: 'Pin to the Top' }).click();
    await expect(pinned).toBeHidden();
  });

  test('a bucket is deleted by its name only', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'x.txt': 'x' });
    await lab.execute('smext:s3-open', { uri: 's3://' });
    const row = lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-row', { hasText: bucket });
    const dialog = lab.page.getByRole('dialog');
    const ask = async (): Promise<void> => {
      await row.click({ button: 'right' });
      await lab.page.getByRole('menuitem', { name: 'Delete Bucket…' }).click();
    };
    await ask();
    await dialog.getByRole('textbox').fill('something');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(dialog.getByRole('alert')).toContainText('not its name');
    await dialog.getByRole('textbox').fill(bucket);
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(dialog.getByRole('alert')).toContainText('not empty');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await ask();
    await dialog.getByRole('textbox').fill(bucket);
    await dialog.getByRole('checkbox').check();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(row).toBeHidden();
  });
});

test.describe('files of the server', () => {
  test('are synced by a plan, and deleted only when told', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'set/same.txt': 'same', 'set/extra.txt': 'extra' });
    const folder = join(lab.server.root, bucket);
    await mkdir(join(folder, 'sub'), { recursive: true });
    await writeFile(join(folder, 'new.txt'), 'new');
    await writeFile(join(folder, 'sub', 'deep.txt'), 'deep');
    await lab.execute('smext:s3-sync', { uri: `s3://${bucket}/set/` });
    const view = lab.page.locator('.jp-smext-Sync:visible');
    await view.getByLabel('Folder in the file browser').fill(bucket);
    await view.getByRole('button', { name: 'Compare' }).click();
    const rows = view.locator('.jp-smext-Listing-row');
    await expect(rows).toHaveText([/copy.*new\.txt/, /copy.*sub\/deep\.txt/]);
    await view.getByRole('button', { name: 'Copy', exact: true }).click();
    await expect(view.locator('.jp-smext-TransferReport')).toContainText('2 files');
    expect(await lab.keys(bucket)).toEqual([
      'set/extra.txt',
      'set/new.txt',
      'set/same.txt',
      'set/sub/deep.txt'
    ]);

    await view.getByLabel('Delete in S3 what the folder has not').check();
    await expect(rows).toHaveCount(0);
    await view.getByRole('button', { name: 'Compare' }).click();
    await expect(rows).toHaveText([/delete.*extra\.txt/, /delete.*same\.txt/]);
    await lab.expectAccessible('.jp-smext-Sync');
    await view.getByRole('button', { name: 'Copy and delete' }).click();
    await expect(view.locator('.jp-smext-TransferReport')).toContainText('2 deleted');
    expect(await lab.keys(bucket)).toEqual(['set/new.txt', 'set/sub/deep.txt']);
  });

  test('move to S3 and come back with one click', async ({ lab }) => {
    const bucket = await lab.bucketWith({});
    const folder = join(lab.server.root, bucket);
    await mkdir(folder);
    const large = 'x'.repeat(2 * 1024 * 1024);
    await writeFile(join(folder, 'large.txt'), large);
    await writeFile(join(folder, 'small.txt'), 'small');

    await lab.execute('smext:s3-offload');
    const view = lab.page.locator('.jp-smext-Offload:visible');
    await view.getByRole('button', { name: 'Look what fills the disk' }).click();
    await view.getByRole('checkbox', { name: bucket, exact: true }).check();
    // What lies in a chosen folder goes with it.
    await expect(view.getByRole('checkbox', { name: `${bucket}/large.txt` })).toBeChecked();
    await view.getByLabel('To', { exact: true }).fill(`s3://${bucket}/kept/`);
    await view.getByLabel('Days unused').fill('0');
    await view.getByRole('button', { name: 'Show what would move' }).click();
    await expect(view).toContainText('1 file, 2.00 MiB, would move');
    await view.getByText('1 file stays').click();
    await expect(view).toContainText('small.txt: it is too small');
    await lab.expectAccessible('.jp-smext-Offload');
    await view.getByRole('button', { name: 'Move to S3', exact: true }).click();
    await expect(view.locator('.jp-smext-TransferReport')).toContainText('1 file, 2.00 MiB');
    expect(await exists(join(folder, 'large.txt'))).toBe(false);
    expect(await lab.keys(bucket)).toEqual([`kept/${bucket}/large.txt`]);

    await lab.execute('docmanager:open', { path: `${bucket}/large.txt.offloaded` });
    await expect(lab.page.getByText('large.txt lies in S3')).toBeVisible();
    await lab.page.getByRole('button', { name: 'Bring it back' }).click();
    await expect
      .poll(() => readFile(join(folder, 'large.txt'), 'utf-8').catch(() => null))
      .toBe(large);
    expect(await exists(join(folder, 'large.txt.offloaded'))).toBe(false);
  });
});
