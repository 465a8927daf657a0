import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Locator } from '@playwright/test';
import { field, form, jobsNamed, modelText, openSpec, replaceText, test } from '../estimators';
import { expect, type Lab } from '../lab';
import { ended, folderWith, launch as launchJob, lossScript, specText } from '../sagemaker';

function textOf(lab: Lab): Locator {
  return lab.page.locator('.jp-FileEditor:visible .cm-content');
}

test('a new Estimator opens as a form beside its text', async ({ lab }) => {
  const folder = folderWith(lab, { 'train.py': '' });
  await lab.execute('smext:estimator-new', { cwd: folder });
  await expect(field(lab, 'Name')).toHaveValue(folder);
  await expect(textOf(lab)).toContainText(`base_job_name: ${folder}`);
  // The form keeps the focus of the page.
  await expect(lab.page.locator('.lm-TabBar-tab.jp-mod-current')).toContainText('.sagemaker.yaml');
  await expect(field(lab, 'Entry script')).toHaveValue('train.py');
});

test('a prefix of S3 becomes a channel of the open Estimator, or of a new one', async ({ lab }) => {
  await openSpec(lab, specText('channels'));
  await lab.execute('smext:s3-use-as-channel', { uri: 's3://some-bucket/data/' });
  await expect
    .poll(() => modelText(lab))
    .toContain('- channel_name: train\n      s3_uri: s3://some-bucket/data/');

  await lab.execute('docmanager:save');
  await lab.execute('application:close-all');
  await expect(lab.page.locator('.jp-Launcher')).toBeVisible();
  await lab.execute('smext:s3-use-as-channel', { uri: 's3://some-bucket/other/' });
  await expect(textOf(lab)).toContainText('s3://some-bucket/other/');
});

test('the form edits the text and keeps comments, the text edits the form', async ({ lab }) => {
  await openSpec(lab, specText('both-ways'));
  await field(lab, 'Instance type').fill('ml.c5.xlarge');
  await expect
    .poll(() => modelText(lab))
    .toBe(specText('both-ways').replace('ml.m5.large #', 'ml.c5.xlarge #'));
  await expect(form(lab)).toContainText('4 vCPU');

  await replaceText(lab, 'base_job_name: both-ways', 'base_job_name: typed-there');
  await expect(field(lab, 'Name')).toHaveValue('typed-there');
  // The edit of the form is still there.
  await expect(field(lab, 'Instance type')).toHaveValue('ml.c5.xlarge');
});

test('channels, hyperparameters and metrics are filled in by keyboard only', async ({ lab }) => {
  await openSpec(lab, specText('keys'));
  const { keyboard } = lab.page;
  await form(lab).getByRole('button', { name: 'Add to Data channels' }).focus();
  await keyboard.press('Enter');
  const channel = form(lab).getByRole('group', { name: 'Data channels 1' });
  await channel.getByLabel(/^Channel/).focus();
  await keyboard.type('train');
  await keyboard.press('Tab');
  await expect(channel.getByLabel('S3 URI')).toBeFocused();
  await keyboard.type('s3://bucket/train/');

  const hyperparameters = form(lab).getByRole('group', { name: 'Hyperparameters' });
  const addName = async (name: string, end: string) => {
    await hyperparameters.getByRole('button', { name: 'Add' }).focus();
    await keyboard.press('Enter');
    await expect(hyperparameters.getByLabel('Name', { exact: true })).toBeFocused();
    await keyboard.type(name);
    await keyboard.press(end);
    await expect(hyperparameters.getByLabel(`Value of ${name}`)).toBeFocused();
  };
  await addName('max-depth', 'Enter');
  await keyboard.type('6');
  await addName('flag', 'Tab');
  await keyboard.type('"7"');

  await expect.poll(() => modelText(lab)).toContain('channel_name: train');
  const text = await modelText(lab);
  expect(text).toContain('s3_uri: s3://bucket/train/\n');
  expect(text).toContain('max-depth: 6\n');
  expect(text).toMatch(/flag: ["']7["']\n/);
  await hyperparameters.getByRole('button', { name: 'Remove max-depth' }).focus();
  await keyboard.press('Enter');
  await expect.poll(() => modelText(lab)).not.toContain('max-depth');
});

test('a notebook of the file browser becomes an Estimator', async ({ lab }) => {
  const cells = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  const folder = folderWith(lab, { 'my model.ipynb': JSON.stringify(cells) });
  await lab.execute('smext:estimator-train', { path: `${folder}/my model.ipynb` });
  await expect(field(lab, 'Entry script')).toHaveValue('my model.ipynb');
  await expect(field(lab, 'Name')).toHaveValue('my-model');
});

test('a spec for this machine runs here, and its lines are seen', async ({ lab }) => {
  test.setTimeout(90_000);
  await openSpec(lab, specText('here').replace('ml.m5.large', 'local'));
  await expect(form(lab)).toContainText('AWS bills nothing');
  await form(lab).getByRole('button', { name: 'Run here' }).click();
  const log = form(lab).getByRole('region', { name: 'Log of the run on this machine' });
  await expect(log).toContainText('Training', { timeout: 60_000 });
  await expect(form(lab)).toContainText(/the model is local-runs\/here-/, { timeout: 60_000 });
  expect(await jobsNamed(lab, 'here-')).toEqual([]);
});

test('text that is no YAML takes the place of the form, with line and column', async ({ lab }) => {
  await openSpec(lab, specText('broken'));
  await replaceText(lab, 'spec:', 'spec: [');
  const alert = form(lab).getByRole('alert');
  await expect(alert).toContainText('cannot be read as YAML');
  await expect(alert).toContainText(/Line \d+, column \d+/);
  await replaceText(lab, 'spec: [', 'spec:');
  await expect(field(lab, 'Name')).toHaveValue('broken');
});

test('problems stand at their fields, lead there, and keep the launch away', async ({ lab }) => {
  await openSpec(lab, specText('wrong', '  retry_strategy:\n    maximum_retry_attempts: 99\n'));
  const launch = form(lab).getByRole('button', { name: 'Launch', exact: true });
  await expect(form(lab).getByRole('button', { name: '1 problem', exact: true })).toBeVisible();
  await expect(launch).toBeDisabled();
  await form(lab).getByRole('button', { name: '1 problem', exact: true }).click();
  await form(lab)
    .getByRole('list', { name: 'Problems' })
    .getByRole('button', { name: /maximum_retry_attempts/ })
    .click();
  // Its section was folded.
  const attempts = field(lab, 'Attempts');
  await expect(attempts).toBeFocused();
  await expect(attempts).toHaveAttribute('aria-invalid', 'true');
  await attempts.fill('3');
  await expect(launch).toBeEnabled();

  await replaceText(lab, 'instance_type:', 'instance_typ:');
  await form(lab)
    .getByRole('button', { name: /problems?$/ })
    .last()
    .click();
  await expect(form(lab).getByRole('list', { name: 'Problems' })).toContainText('instance_type');
  await expect(launch).toBeDisabled();
});

test('the search finds fields in folded sections', async ({ lab }) => {
  await openSpec(lab, specText('search'));
  await form(lab).getByLabel('Search fields').fill('security groups');
  await expect(field(lab, 'Security groups')).toBeVisible();
  await expect(field(lab, 'Entry script')).toBeHidden();
  await form(lab).getByLabel('Search fields').fill('no such thing');
  await expect(form(lab)).toContainText('No field matches');
});

test('the request that a launch would send has no side effect', async ({ lab }) => {
  await openSpec(lab, specText('preview'));
  await form(lab).getByRole('button', { name: 'Code', exact: true }).click();
  const request = form(lab).getByRole('region', { name: 'Code' });
  await expect(request).toContainText('"InstanceType": "ml.m5.large"', { timeout: 20_000 });
  await field(lab, 'Instance type').fill('ml.c5.xlarge');
  await expect(request).toContainText('"InstanceType": "ml.c5.xlarge"');
  expect(await jobsNamed(lab, 'preview')).toEqual([]);
});

test('two clicks in two tabs launch one job, and "Launch again" launches another', async ({
  lab
}) => {
  test.setTimeout(90_000);
  const base = `once${randomUUID().slice(0, 8)}`;
  const { path, file } = await openSpec(lab, specText(base));
  await field(lab, 'Instances').fill('1');
  const other = await lab.page.context().newPage();
  await other.goto(`${lab.server.url}lab/workspaces/other-${Date.now()}/tree/${path}`);
  const launch = form(lab).getByRole('button', { name: 'Launch', exact: true });
  const there = other
    .locator('.jp-smext-Editor')
    .getByRole('button', { name: 'Launch', exact: true });
  await expect(launch).toBeEnabled();
  await expect(there).toBeEnabled({ timeout: 20_000 });
  // At once: a click of Playwright's first waits until the page rests, and by then the other tab may have launched.
  const [here, elsewhere] = await Promise.all([launch.elementHandle(), there.elementHandle()]);
  const click = (button: SVGElement | HTMLElement) => (button as HTMLElement).click();
  await Promise.all([here?.evaluate(click), here?.evaluate(click), elsewhere?.evaluate(click)]);

  const job = lab.page.locator('.jp-smext-Job:visible');
  await expect(job.getByRole('heading')).toContainText(base, { timeout: 20_000 });
  await expect(other.locator('.jp-smext-Job')).toBeVisible({ timeout: 20_000 });
  const jobs = () => jobsNamed(lab, base);
  const launched = await jobs();
  expect(launched).toHaveLength(1);
  // What was launched is what the file says.
  expect(readFileSync(file, 'utf-8')).toContain('instance_count: 1');
  await other.close();

  await lab.execute('docmanager:open', { path });
  await expect(form(lab)).toContainText(`Launched as ${launched[0].training_job_name}`);
  await replaceText(lab, 'max_runtime_in_seconds: 600', 'max_runtime_in_seconds: 500');
  await form(lab).getByRole('button', { name: 'Code', exact: true }).click();
  await form(lab).getByRole('tab', { name: 'Changes' }).click();
  const change = form(lab).getByRole('row', { name: /^StoppingCondition/ });
  await expect(change).toContainText('600', { timeout: 20_000 });
  await expect(change).toContainText('500');
  await form(lab).getByRole('button', { name: 'Launch again' }).click();
  await expect.poll(async () => (await jobs()).length).toBe(2);
  for (const each of await jobs()) {
    expect((await ended(lab, each.training_job_name)).training_job_status).toBe('Completed');
  }
});

test('a launch that would fail is held back, and what AWS refuses says why', async ({ lab }) => {
  const output = '  output_data_config:\n    s3_output_path: s3://no-such-bucket-of-ours/out/\n';
  await openSpec(lab, specText('refused', output));
  const launch = form(lab).getByRole('button', { name: 'Launch', exact: true });
  await launch.click();
  const findings = form(lab).getByRole('list', { name: 'Findings of the check' });
  await expect(findings).toContainText('no-such-bucket-of-ours', { timeout: 20_000 });
  await expect(form(lab).getByRole('alert')).toContainText('Nothing was launched');
  expect(await jobsNamed(lab, 'refused')).toEqual([]);

  await form(lab).getByRole('button', { name: 'Launch anyway' }).click();
  await expect(
    form(lab).getByRole('alert').filter({ hasText: 'no-such-bucket-of-ours' }).first()
  ).toBeVisible({ timeout: 20_000 });
  await expect(launch).toBeEnabled();
  expect(await jobsNamed(lab, 'refused')).toEqual([]);
});

test('the check finds what would fail and leads there', async ({ lab }) => {
  const channel = '  input_data_config:\n    - channel_name: train\n';
  await openSpec(lab, specText('checked', `${channel}      s3_uri: s3://no-such-bucket/a/\n`));
  await form(lab).getByRole('button', { name: 'Check', exact: true }).click();
  const findings = form(lab).getByRole('list', { name: 'Findings of the check' });
  const error = findings.getByRole('listitem').filter({ hasText: 'no-such-bucket' });
  await expect(error.first()).toContainText('Error', { timeout: 20_000 });
  await error.first().getByRole('button').first().click();
  await expect(field(lab, 'S3 URI')).toBeFocused();
  // What was found is about the text that was checked, and about no other.
  await field(lab, 'S3 URI').fill('s3://another/');
  await expect(findings).toBeHidden();
});

test('the price is that of what the form says, with its parts and their date', async ({ lab }) => {
  await openSpec(lab, specText('priced'));
  const bar = form(lab).getByRole('group', { name: 'Launch' });
  const price = bar.getByRole('button', { name: /at most$/ });
  const amount = async () => Number((await price.textContent())?.replace(/[^0-9.]/g, ''));
  await expect(price).toBeVisible();
  const one = await amount();
  expect(one).toBeGreaterThan(0);
  await field(lab, 'Instances').fill('10');
  await expect.poll(amount).toBeGreaterThan(8 * one);
  await replaceText(lab, 'spec:', 'policy:\n  max_cost_usd: 0.01\nspec:');
  await expect(bar).toContainText('more than your limit of $0.01');
  await price.click();
  await expect(bar.getByRole('row', { name: /ml\.m5\.large/ })).toContainText(/\d{4}-\d\d-\d\d/);
  await field(lab, 'Instance type').fill('ml.nosuch.large');
  await expect(bar).toContainText('no price known');
});

test('code that sends the same request opens in a notebook, or goes into it, and runs there', async ({
  lab
}) => {
  test.setTimeout(120_000);
  const { path } = await openSpec(lab, specText('exported'));
  await form(lab).getByRole('button', { name: 'Code', exact: true }).click();
  const code = form(lab).getByRole('region', { name: 'Code' });
  await code.getByRole('tab', { name: 'SDK v3' }).click();
  await expect(code).toContainText('ModelTrainer(');
  await code.getByRole('tab', { name: 'SDK v2' }).click();
  await expect(code).toContainText('SKLearn(');
  await code.getByRole('tab', { name: 'boto3' }).click();
  await expect(code).toContainText('create_training_job(');
  await expect(code.getByRole('button', { name: 'New cell' })).toHaveCount(0);
  await code.getByRole('button', { name: 'New notebook' }).click();
  const cells = lab.page.locator('.jp-Notebook:visible .jp-Cell');
  await expect(cells.first()).toContainText('import boto3', { timeout: 20_000 });
  // It knows its kernel, and so asks for none.
  await expect(lab.page.getByRole('dialog')).toBeHidden();
  // Cells that are run before the kernel is there are not run at all.
  await expect(lab.page.locator('#jp-main-statusbar')).toContainText('| Idle', {
    timeout: 40_000
  });
  await lab.execute('notebook:run-all-cells');
  const jobs = () => jobsNamed(lab, 'exported');
  await expect.poll(async () => (await jobs()).length, { timeout: 60_000 }).toBe(1);

  await lab.execute('docmanager:open', { path });
  await replaceText(lab, 'base_job_name: exported', 'base_job_name: exported-again');
  await expect(code).toContainText('exported-again');
  await code.getByRole('button', { name: 'New cell' }).click();
  await expect(cells).toHaveCount(2);
  await expect(cells.nth(1)).toContainText('boto3.Session(');
  await cells.nth(1).locator('.cm-content').click();
  await lab.execute('notebook:run-cell');
  await expect.poll(async () => (await jobs()).length, { timeout: 60_000 }).toBe(2);
  for (const each of await jobs()) {
    expect((await ended(lab, each.training_job_name)).training_job_status).toBe('Completed');
  }
});

test('a tuning job has a form of its own', async ({ lab }) => {
  const tuning = `tuning:
  objective:
    metric_name: train:loss
    type: Minimize
  parameter_ranges:
    continuous:
      learning-rate:
        min_value: 0.01
        max_value: 0.3
  resource_limits:
    max_number_of_training_jobs: 4
    max_parallel_training_jobs: 2
`;
  const text = specText('tuned', tuning).replace('TrainingJob', 'HyperParameterTuningJob');
  await openSpec(lab, text);
  await expect(field(lab, 'Strategy')).toBeVisible();
  const range = form(lab).getByRole('group', { name: 'Range of learning-rate' });
  await range.getByLabel(/^To/).fill('0.5');
  const hyperparameters = form(lab).getByRole('group', { name: 'Hyperparameters' });
  await hyperparameters.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(hyperparameters.getByLabel('Name', { exact: true })).toBeFocused();
  await lab.page.keyboard.type('depth');
  await lab.page.keyboard.press('Enter');
  await hyperparameters.getByLabel('How depth is set').selectOption('Tune: whole numbers');
  const depth = form(lab).getByRole('group', { name: 'Range of depth' });
  await depth.getByLabel(/^From/).fill('1');
  await depth.getByLabel(/^To/).fill('8');
  await expect
    .poll(() => modelText(lab))
    .toContain('    integer:\n      depth:\n        min_value: 1\n        max_value: 8\n');
  expect(await modelText(lab)).toContain('max_value: 0.5\n');
  await expect(form(lab).getByRole('button', { name: 'Launch', exact: true })).toBeEnabled();

  // The kind is in the text, and decides which form it is.
  await replaceText(lab, 'HyperParameterTuningJob', 'TrainingJob');
  await expect(field(lab, 'Strategy')).toBeHidden();
  await expect(form(lab).getByRole('button', { name: '1 problem', exact: true })).toBeVisible({
    timeout: 20_000
  });
});

test('a job is launched again from an Estimator that does what it did', async ({ lab }) => {
  test.setTimeout(90_000);
  const { name } = await launchJob(lab, lossScript(2, 0), 'first');
  await ended(lab, name);
  await lab.execute('smext:job-open', { training_job_name: name });
  await lab.page
    .locator('.jp-smext-Job:visible')
    .getByRole('button', { name: 'Launch again…' })
    .click();
  await expect(field(lab, 'Name')).toHaveValue('first', { timeout: 20_000 });
  await expect(field(lab, 'Source directory')).toHaveValue(/^s3:\/\/.*sourcedir\.tar\.gz$/);
  await form(lab).getByRole('button', { name: 'Launch', exact: true }).click();
  const job = lab.page.locator('.jp-smext-Job:visible');
  await expect(job.getByRole('heading').first()).not.toHaveText(name, { timeout: 30_000 });
  const again = (await job.getByRole('heading').first().textContent()) ?? '';
  expect((await ended(lab, again)).training_job_status).toBe('Completed');
});

test('form and text come back after a reload', async ({ lab }) => {
  await openSpec(lab, specText('restored'));
  await expect(textOf(lab)).toContainText('base_job_name: restored');
  await lab.reload();
  await expect(field(lab, 'Name')).toHaveValue('restored', {
    timeout: 20_000
  });
  await expect(textOf(lab)).toContainText('base_job_name: restored');
  await expect(lab.page.locator('.jp-FileEditor')).toHaveCount(1);
});

test('the form is accessible in the light and in the dark', async ({ lab }) => {
  await openSpec(lab, specText('accessible', '  input_data_config:\n    - channel_name: "?"\n'));
  await form(lab).getByRole('button', { name: 'Advanced' }).click();
  await expect(
    form(lab)
      .getByRole('button', { name: /problems?$/ })
      .last()
  ).toBeVisible();
  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    await lab.setTheme(theme);
    await lab.expectAccessible('.jp-smext-Editor');
  }
});
