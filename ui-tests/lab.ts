import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { type IServer, workerServer } from './globalSetup';

export { expect };

/** The themes that JupyterLab comes with. */
export const THEMES = ['JupyterLab Light', 'JupyterLab Dark', 'JupyterLab Dark High Contrast'];

/** A page with JupyterLab in a workspace of its own. */
export class Lab {
  constructor(
    readonly page: Page,
    readonly server: IServer
  ) {
    this.panel = page.locator('#jp-smext-panel');
  }

  readonly panel: Locator;
  private readonly _workspace = `test-${randomUUID()}`;

  /** Load JupyterLab; again: reload it in the same workspace. */
  async load(): Promise<void> {
    const { url, token } = this.server;
    await this.page.goto(`${url}lab/workspaces/${this._workspace}?token=${token}`);
    await this.page.waitForFunction(() => (window as any).jupyterapp?.restored);
    await this.page.evaluate(() => (window as any).jupyterapp.restored);
    await this.page.locator('.jp-LabShell').waitFor();
  }

  /** Wait until JupyterLab has saved its layout, then load the page again. */
  async reload(): Promise<void> {
    await this.page.waitForTimeout(1500);
    await this.load();
  }

  /** Wait until the Launcher of a new workspace has taken the keyboard: it does so a while after the page is there. */
  async settle(): Promise<void> {
    await expect(this.page.locator('.jp-Launcher')).toBeFocused();
  }

  async execute(command: string, args: Record<string, unknown> = {}): Promise<void> {
    await this.page.evaluate(
      // What a command answers may be a widget, and no widget can leave the page.
      ([id, given]) => (window as any).jupyterapp.commands.execute(id, given).then(() => undefined),
      [command, args] as const
    );
  }

  async openPanel(section = 's3'): Promise<void> {
    await this.execute('smext:open-panel', { section });
    await expect(this.panel).toBeVisible();
  }

  /** Fold all sections of the panel but one. */
  async onlySection(title: string): Promise<void> {
    const titles = this.panel.locator('.jp-AccordionPanel-title');
    for (const each of await titles.all()) {
      const wanted = (await each.getAttribute('aria-label'))?.startsWith(title) ?? false;
      if (((await each.getAttribute('aria-expanded')) === 'true') !== wanted) {
        await each.locator('.lm-AccordionPanel-titleLabel').click();
      }
    }
  }

  async setTheme(theme: string): Promise<void> {
    await this.execute('apputils:change-theme', { theme });
    await expect(this.page.locator('body')).toHaveAttribute('data-jp-theme-name', theme);
  }

  /** Drag the edge of the sidebar. */
  async setPanelWidth(width: number): Promise<void> {
    const box = await this.panel.boundingBox();
    if (!box) {
      throw new Error('The panel is not open.');
    }
    const { mouse } = this.page;
    await mouse.move(box.x + box.width + 1, box.y + 300);
    await mouse.down();
    await mouse.move(box.x + width, box.y + 300, { steps: 4 });
    await mouse.up();
    await expect
      .poll(async () => Math.abs(((await this.panel.boundingBox())?.width ?? 0) - width))
      .toBeLessThan(4);
  }

  /** Call our server API as a program would, with the token. */
  async api<T = any>(method: string, path: string, data?: unknown): Promise<T> {
    const { url, token } = this.server;
    const response = await this.page.request.fetch(`${url}jupyter-smext/api/${path}`, {
      method,
      headers: { Authorization: `token ${token}` },
      data: data as any
    });
    if (!response.ok()) {
      throw new Error(`${method} ${path}: ${response.status()} ${await response.text()}`);
    }
    return (await response.json()) as T;
  }

  /** Make a bucket with these objects in it; answers its name. */
  async bucketWith(objects: Record<string, string | Buffer>): Promise<string> {
    const bucket = `ui-${randomUUID()}`;
    await this.api('POST', 's3/buckets', { name: bucket });
    for (const [key, body] of Object.entries(objects)) {
      await this.put(bucket, key, body);
    }
    return bucket;
  }

  async put(bucket: string, key: string, body: string | Buffer): Promise<void> {
    const query = new URLSearchParams({ bucket, key, overwrite: 'true' });
    await this.api('PUT', `s3/object?${query}`, Buffer.from(body));
  }

  async keys(bucket: string, prefix = ''): Promise<string[]> {
    const page = await this.api('POST', 's3/objects/list', { bucket, prefix, delimiter: '' });
    return page.objects.map((each: { key: string }) => each.key);
  }

  /** No serious or critical finding of axe in a part of the page. */
  async expectAccessible(selector: string): Promise<void> {
    const { violations } = await new AxeBuilder({ page: this.page }).include(selector).analyze();
    const grave = violations
      .filter(each => each.impact === 'serious' || each.impact === 'critical')
      .map(each => `${each.id}: ${each.nodes.map(node => node.target.join(' ')).join(', ')}`);
    expect(grave).toEqual([]);
  }
}

export const test = base.extend<{ lab: Lab }>({
  lab: async ({ page }, use) => {
    const lab = new Lab(page, workerServer());
    await lab.load();
    await lab.settle();
    await use(lab);
  }
});
