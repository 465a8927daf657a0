import { expect, test as base } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { workerServer } from './globalSetup';
import { Lab } from './lab';

export { expect };

class S3Lab extends Lab {
  /** Put many small objects at once: as files of the server, by one transfer. */
  async upload(bucket: string, key: string, names: readonly string[]): Promise<void> {
    const folder = await mkdtemp(join(this.server.root, 'upload-'));
    await Promise.all(names.map(name => writeFile(join(folder, name), '')));
    const { id } = await this.api('POST', 's3/transfers/upload', {
      path: basename(folder),
      bucket,
      key
    });
    await expect
      .poll(async () => (await this.api('GET', `tasks/${id}`)).state, { timeout: 30_000 })
      .toBe('succeeded');
    await rm(folder, { recursive: true });
  }
}

export type { S3Lab as Lab };

/**
 * Tests of S3 share one page a worker: each begins in the S3 section at the list of buckets, with nothing but the
 * launcher in the main area. A test that fails ends its worker, and so the page.
 */
export const test = base.extend<{ lab: S3Lab }, { shared: S3Lab }>({
  shared: [
    async ({ browser }, use) => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        permissions: ['clipboard-read', 'clipboard-write']
      });
      const lab = new S3Lab(await context.newPage(), workerServer());
      await lab.load();
      await lab.settle();
      await use(lab);
      await context.close();
    },
    { scope: 'worker' }
  ],
  lab: async ({ shared }, use) => {
    // Unlike a command that closes them, this asks nothing about what is not saved.
    await shared.page.evaluate(() =>
      [...(window as any).jupyterapp.shell.widgets('main')]
        .filter(each => !each.id.startsWith('launcher'))
        .forEach(each => each.dispose())
    );
    await shared.openPanel();
    await shared.onlySection('S3');
    await shared.execute('smext:s3-open', { uri: 's3://' });
    await use(shared);
  }
});
