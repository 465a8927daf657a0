import type { Locator } from '@playwright/test';
import { join } from 'node:path';
import { type IServer, workerServer } from './globalSetup';
import { expect, Lab, test as base } from './lab';
import { folderWith, lossScript } from './sagemaker';

/** Tests of Estimator documents share one page, which takes seconds to load; each begins with no document open. */
export const test = base.extend<{ lab: Lab }, { server: IServer; sharedLab: Lab }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs
  server: [async ({}, use) => use(workerServer()), { scope: 'worker' }],
  sharedLab: [
    async ({ browser, server }, use) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const lab = new Lab(await context.newPage(), server);
      await lab.load();
      await lab.settle();
      await use(lab);
      await context.close();
    },
    { scope: 'worker' }
  ],
  lab: async ({ sharedLab }, use) => {
    await use(sharedLab);
    await closeDocuments(sharedLab);
  }
});

/** Close all documents, saved or not. */
async function closeDocuments(lab: Lab): Promise<void> {
  await lab.page.evaluate(() => {
    for (const widget of [...(window as any).jupyterapp.shell.widgets('main')]) {
      if (widget.context) {
        widget.context.model.dirty = false;
      }
      widget.close();
    }
  });
  await expect(lab.page.locator('.jp-Launcher')).toBeVisible();
}

export function form(lab: Lab): Locator {
  return lab.page.locator('.jp-smext-Editor:visible');
}

/** The control of a field; a star behind its name says that it must be given. */
export function field(lab: Lab, name: string): Locator {
  return form(lab).getByLabel(new RegExp(`^${name}\\*?$`));
}

/** Open a document and wait for its form. */
export async function openSpec(
  lab: Lab,
  text: string
): Promise<{ folder: string; path: string; file: string }> {
  const folder = folderWith(lab, { 'job.sagemaker.yaml': text, 'train.py': lossScript(2, 0) });
  const path = `${folder}/job.sagemaker.yaml`;
  await lab.execute('docmanager:open', { path });
  await expect(field(lab, 'Name').first()).toBeVisible({ timeout: 20_000 });
  return { folder, path, file: join(lab.server.root, path) };
}

/** The text as the document holds it, saved or not. */
export function modelText(lab: Lab): Promise<string> {
  return lab.page.evaluate(() =>
    (window as any).jupyterapp.shell.currentWidget.context.model.sharedModel.getSource()
  );
}

export async function replaceText(lab: Lab, from: string, to: string): Promise<void> {
  await lab.page.evaluate(
    ([old, fresh]) => {
      const { sharedModel } = (window as any).jupyterapp.shell.currentWidget.context.model;
      sharedModel.setSource(sharedModel.getSource().replace(old, fresh));
    },
    [from, to] as const
  );
}

export async function jobsNamed(lab: Lab, name: string): Promise<any[]> {
  return (await lab.api('GET', `jobs?name_contains=${name}`)).training_jobs;
}
