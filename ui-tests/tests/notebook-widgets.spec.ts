import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, type Lab, test } from '../lab';
import { openNotebook } from '../notebook';
import { ended, launch, lossScript } from '../sagemaker';

/** The notebook as `nbconvert --to html` makes a page of it. */
function asHtml(lab: Lab, path: string): string {
  const python = process.env.PYTHON || resolve(__dirname, '../../.venv/bin/python');
  const args = ['-m', 'nbconvert', '--to', 'html', '--stdout', join(lab.server.root, path)];
  return execFileSync(python, args, { encoding: 'utf-8', stdio: ['ignore', 'pipe', 'ignore'] });
}

test('a prefix and objects are picked by keyboard and read in Python', async ({ lab }) => {
  const bucket = await lab.bucketWith({ 'data/a.csv': 'a', 'data/b.csv': 'b' });
  const notebook = await openNotebook(lab, [
    `import jupyter_smext as sm\npicker = sm.S3Picker("s3://${bucket}/")\npicker`
  ]);
  await notebook.runAll();
  const list = notebook.output(0).getByRole('grid');
  await expect(list.getByRole('row', { name: 'data' })).toBeVisible({ timeout: 30_000 });

  await list.getByRole('row', { name: 'data' }).click();
  await expect
    .poll(() => notebook.python('print(picker.selected, picker.uri)'))
    .toBe(`['s3://${bucket}/data/'] s3://${bucket}/data/`);

  await list.focus();
  await lab.page.keyboard.press('Enter');
  await expect(list.getByRole('row', { name: 'b.csv' })).toBeVisible();
  // Keys that would delete the cell, or add one, are not meant for the notebook.
  await expect(list).toBeFocused();
  await lab.page.keyboard.press('d');
  await lab.page.keyboard.press('d');
  await lab.page.keyboard.press('Control+a');
  await expect
    .poll(() => notebook.python('print(picker.prefix, picker.selected)'))
    .toBe(`s3://${bucket}/data/ ['s3://${bucket}/data/a.csv', 's3://${bucket}/data/b.csv']`);

  await notebook.python(`picker.prefix = "s3://${bucket}/"`);
  await expect(list.getByRole('row', { name: 'data' })).toBeVisible();
  await lab.expectAccessible('.jp-smext-Widget');
});

test('a job ends in its cell, stays after a reload, and can be read without a kernel', async ({
  lab
}) => {
  test.setTimeout(120_000);
  const { name } = await launch(lab, lossScript(8, 0.5), 'watched');
  const notebook = await openNotebook(lab, [
    `import jupyter_smext as sm\nmonitor = sm.JobMonitor("${name}")\n` +
      'seen = []\nmonitor.observe(lambda change: seen.append(change.new), "status")\nmonitor'
  ]);
  await notebook.runAll();
  const output = notebook.output(0);
  await expect(output.getByRole('heading', { name })).toBeVisible({ timeout: 30_000 });
  await expect(output.getByRole('status').first()).toContainText('In progress');
  await output.getByRole('tab', { name: 'Metrics' }).click();
  await expect(output.getByRole('status').first()).toContainText('Completed', { timeout: 60_000 });
  // What the person looks at is not built anew when the snapshot in the notebook changes.
  await expect(output.getByRole('tab', { name: 'Metrics' })).toHaveAttribute(
    'aria-selected',
    'true'
  );
  await expect
    .poll(() => notebook.python('print(monitor.status, seen, monitor.job["training_job_name"])'))
    .toBe(`Completed ['InProgress', 'Completed'] ${name}`);
  await lab.expectAccessible('.jp-smext-Widget');

  const html = () =>
    notebook.save().then(saved => [saved.cells[0].outputs[0].data['text/html']].flat().join(''));
  await expect.poll(html).toContain('Completed');
  expect(asHtml(lab, notebook.path)).toContain(`aria-label="Training job ${name}"`);

  await lab.reload();
  await expect(output.getByRole('tab', { name: 'Log' })).toBeVisible({ timeout: 30_000 });
  await notebook.python('monitor.training_job_name = "there-is-none"');
  await expect(output.getByText('Not found')).toBeVisible();
  await notebook.python(`monitor.training_job_name = "${name}"`);
  await expect(output.getByRole('heading', { name })).toBeVisible();
  await expect.poll(html).toContain('Completed');

  await notebook.restartKernel();
  await expect(output.getByRole('group', { name: `Training job ${name}` })).toContainText(
    'Completed'
  );
  await expect(output.getByText('Run the cell again')).toBeVisible();
  await expect(output.getByRole('tab')).toHaveCount(0);
  expect(await notebook.panel.getByText('Error displaying widget').count()).toBe(0);
});

test('twenty monitors of one job ask as often as one, and a table answers what is selected', async ({
  lab
}) => {
  const { name } = await launch(lab, lossScript(1, 0), 'twenty');
  await ended(lab, name);
  const asked: string[] = [];
  lab.page.on('request', request => {
    if (/api\/jobs\/(describe|logs|metrics)/.test(request.url())) {
      asked.push(request.url());
    }
  });
  const notebook = await openNotebook(lab, [
    `import jupyter_smext as sm\ntable = sm.JobTable("${name}")\ntable`,
    `from IPython.display import display\nmonitors = [sm.JobMonitor("${name}", height=0) for _ in range(20)]\n` +
      'display(*monitors)'
  ]);
  await notebook.runAll();
  const row = notebook.output(0).locator(`[data-job="${name}"]`);
  await expect(row).toBeVisible({ timeout: 30_000 });
  await row.click();
  await expect.poll(() => notebook.python('print(table.selected)')).toBe(`['${name}']`);

  await notebook.cell(1).scrollIntoViewIfNeeded();
  await expect(notebook.cell(1).getByRole('heading', { name })).toHaveCount(20);
  await expect
    .poll(() => notebook.python('print({monitor.status for monitor in monitors})'))
    .toBe("{'Completed'}");
  const count = (what: string) => asked.filter(url => url.includes(what)).length;
  expect(count('describe')).toBeLessThanOrEqual(2);
  expect(count('metrics')).toBeLessThanOrEqual(2);
  expect(count('logs')).toBeLessThanOrEqual(3);
});
