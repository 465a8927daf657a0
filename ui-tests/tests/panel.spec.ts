import { expect, test } from '../lab';

test.describe('panel', () => {
  test('says who we are, where, and that it is the sandbox', async ({ lab }) => {
    await lab.openPanel();
    await lab.page.screenshot({ path: '/tmp/shots/panel.png' });
    const header = lab.panel.locator('.jp-smext-Header');
    await expect(header).toContainText('SageMakerSandboxRole');
    await expect(header).toContainText(lab.server.sandbox.account);
    await expect(header).toContainText(lab.server.sandbox.region);
    await expect(header).toContainText('sandbox');
  });
});
