import { expect } from '../lab';
import { openNotebook } from '../notebook';
import { testWithServer } from '../ownServer';
import { ended, launch, lossScript } from '../sagemaker';

const test = testWithServer(['--no-widget-manager']);

test('without the widget manager the panel works, and widgets can be read', async ({ lab }) => {
  const { name } = await launch(lab, lossScript(1, 0), 'unmanaged');
  await ended(lab, name);
  await lab.openPanel('jobs');
  await expect(lab.panel.locator(`[data-job="${name}"]`)).toBeVisible();

  const notebook = await openNotebook(lab, [
    `import jupyter_smext as sm\nmonitor = sm.JobMonitor("${name}")\nmonitor.refresh()\nmonitor`
  ]);
  await notebook.runAll();
  const output = notebook.output(0);
  await expect(output.getByRole('group', { name: `Training job ${name}` })).toContainText(
    'Completed',
    { timeout: 30_000 }
  );
  await expect(output.getByText('widget manager (jupyterlab_widgets) is not here')).toBeVisible();
  expect(await notebook.panel.getByText('Error displaying widget').count()).toBe(0);
});
