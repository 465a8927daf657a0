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
  test.setTimeout(180_000);
  const { name } = await launch(lab, lossScript(40, 0.5), 'watched');
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

test('a monitor that is out of sight asks nothing, and is current when it comes back', async ({
  lab
}) => {
  const { name } = await launch(lab, lossScript(20, 0.5), 'scrolled');
  const notebook = await openNotebook(lab, [
    `import jupyter_smext as sm\nmonitor = sm.JobMonitor("${name}")\nmonitor`,
    'print("a line\\n" * 400)'
  ]);
  await notebook.runAll();
  const status = notebook.output(0).getByRole('status').first();
  await notebook.show(0);
  await expect(status).toContainText('In progress', { timeout: 30_000 });

  // The end of a long output: its cell is higher than the screen.
  await notebook.show(1);
  await lab.page.mouse.move(700, 500);
  await expect(async () => {
    await lab.page.mouse.wheel(0, 5000);
    await expect(notebook.cell(0)).not.toBeInViewport({ timeout: 1000 });
  }).toPass();
  let asked = 0;
  lab.page.on('request', request => {
    asked += /api\/jobs\/(describe|logs|metrics)/.test(request.url()) ? 1 : 0;
  });
  await ended(lab, name);
  expect(await notebook.python('print(monitor.status)')).toBe('InProgress');
  expect(asked).toBe(0);

  await notebook.show(0);
  await expect(status).toContainText('Completed');
  await expect.poll(() => notebook.python('print(monitor.status)')).toBe('Completed');
});

test('a height that is dragged is a trait, and is kept', async ({ lab }) => {
  const notebook = await openNotebook(lab, [
    'import jupyter_smext as sm\ntable = sm.JobTable(height=300)\ntable'
  ]);
  await notebook.runAll();
  const widget = notebook.output(0).locator('.jp-smext-Widget');
  await expect(widget).toBeVisible({ timeout: 30_000 });
  const height = async () => Math.round((await widget.boundingBox())?.height ?? 0);
  expect(await height()).toBe(300);

  const box = (await widget.boundingBox())!;
  const corner = { x: box.x + box.width - 4, y: box.y + box.height - 4 };
  await lab.page.mouse.move(corner.x, corner.y);
  await lab.page.mouse.down();
  await lab.page.mouse.move(corner.x, corner.y + 100, { steps: 5 });
  await lab.page.mouse.up();
  await expect.poll(() => notebook.python('print(table.height)')).toBe('400');
  await notebook.save();

  await lab.reload();
  await expect.poll(height, { timeout: 20_000 }).toBe(400);
  await notebook.python('table.height = 250');
  await expect.poll(height).toBe(250);
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

test('a form is filled in, its price known and its permissions checked', async ({ lab }) => {
  const spec = {
    api_version: 'smext/v1',
    kind: 'TrainingJob',
    metadata: { base_job_name: 'formed' },
    spec: {
      algorithm: { training_image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1' },
      environment: { DB_PASSWORD: 'hunter2' },
      compute: { instance_type: 'ml.m5.large' },
      stopping_condition: { max_runtime_in_seconds: 3600 }
    }
  };
  const notebook = await openNotebook(lab, [
    `import json\nimport jupyter_smext as sm\nform = sm.EstimatorForm(json.loads('${JSON.stringify(spec)}'))\nform`,
    'tag = sm.PriceTag(form.spec)\ntag',
    'check = sm.RoleCheck(form.spec)\ncheck'
  ]);
  await notebook.runAll();

  const form = notebook.output(0);
  await form.getByLabel('Name', { exact: false }).first().fill('renamed');
  await expect
    .poll(() => notebook.python('print(form.spec["metadata"]["base_job_name"], form.valid)'))
    .toBe('renamed True');
  await expect(form.getByRole('status')).toContainText('at most');
  await notebook.python('form.spec = {**form.spec, "metadata": {"base_job_name": "by-python"}}');
  await expect(form.getByLabel('Name', { exact: false }).first()).toHaveValue('by-python');

  await notebook.cell(1).scrollIntoViewIfNeeded();
  await expect(notebook.output(1)).toContainText('at most');
  expect(await notebook.python('print(tag.price["usd_at_most"] > 0)')).toBe('True');
  await notebook.python('tag.spec = {**tag.spec, "kind": "Nothing"}');
  await expect(notebook.output(1)).toContainText('Not valid');

  await notebook.cell(2).scrollIntoViewIfNeeded();
  await expect(notebook.output(2).getByRole('table')).toContainText('sagemaker:CreateTrainingJob');
  await expect
    .poll(() => notebook.python('print(check.verdict in ("allowed", "unknown", "denied"))'))
    .toBe('True');

  const saved = JSON.stringify(await notebook.save());
  expect(saved).toContain('Permissions of a launch');
  const outputs = JSON.stringify(JSON.parse(saved).cells.map((cell: any) => cell.outputs));
  expect(outputs).toContain('base_job_name: by-python');
  expect(outputs).not.toContain('hunter2');
});

test('an endpoint is asked, and its answer is read in Python', async ({ lab }) => {
  const script = `import os
open(os.path.join(os.environ["SM_MODEL_DIR"], "model.txt"), "w").write("sum")

def model_fn(folder):
    return sum

def predict_fn(rows, model):
    return [model(row) for row in rows]
`;
  const { name } = await launch(lab, script, 'tested');
  await ended(lab, name);
  const { endpoint_name } = await lab.api('POST', 'endpoints/deploy', { training_job_name: name });
  const notebook = await openNotebook(lab, [
    `import jupyter_smext as sm\ntester = sm.EndpointTester("${endpoint_name}", payload="1,2")\ntester`
  ]);
  await notebook.runAll();
  const output = notebook.output(0);
  await expect(output.getByRole('status').first()).toContainText('In service', { timeout: 45_000 });
  await expect(output.getByLabel('Payload', { exact: true })).toHaveValue('1,2');
  await output.getByLabel('Payload', { exact: true }).fill('1,2,39\n1,1,1');
  await output.getByRole('button', { name: 'Send' }).click();
  await expect
    .poll(() =>
      notebook.python('print(tester.status, repr(tester.payload), tester.response.get("body"))')
    )
    .toMatch(/^InService '1,2,39\\n1,1,1' \[42(\.0)?, 3(\.0)?\]$/);
  expect(await notebook.python('print(tester.send("1,1\\n2,2")["body"])')).toMatch(
    /^\[2(\.0)?, 4(\.0)?\]$/
  );
  expect(JSON.stringify((await notebook.save()).cells[0].outputs)).not.toContain('1,2,39');
  await lab.api('POST', 'endpoints/delete', {
    endpoint_name,
    confirm: endpoint_name
  });
});
