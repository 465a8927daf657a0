import { join } from 'node:path';
import { readdirSync, readFileSync } from 'node:fs';
import type { Locator } from '@playwright/test';
import { expect, type Lab, test } from '../lab';
import { ended, folderWith, lossScript, specText } from '../sagemaker';

function form(lab: Lab): Locator {
  return lab.page.locator('.jp-smext-Editor:visible');
}

/** Open a document alone, and wait for its form. */
async function openSpec(lab: Lab, text: string): Promise<string> {
  const folder = folderWith(lab, { 'job.sagemaker.yaml': text, 'train.py': lossScript(2, 0) });
  await lab.execute('docmanager:open', { path: `${folder}/job.sagemaker.yaml` });
  await expect(form(lab).getByLabel(/^Name\*?$/)).toBeVisible({ timeout: 20_000 });
  return folder;
}

function modelText(lab: Lab): Promise<string> {
  return lab.page.evaluate(() =>
    (window as any).jupyterapp.shell.currentWidget.context.model.sharedModel.getSource()
  );
}

const XGBOOST = `api_version: smext/v1
kind: TrainingJob
metadata:
  base_job_name: boosted
spec:
  algorithm:
    builtin:
      name: xgboost
      version: '1.7-1'
  hyperparameters:
    num_round: 10
  compute:
    instance_type: ml.m5.large
  stopping_condition:
    max_runtime_in_seconds: 600
`;

test('an instance type is found and chosen by keyboard', async ({ lab }) => {
  await openSpec(lab, specText('typed'));
  const { keyboard } = lab.page;
  await form(lab).getByRole('button', { name: 'Choose…' }).focus();
  await keyboard.press('Enter');
  const picker = form(lab).getByRole('group', { name: 'Instance types' });
  await expect(picker.getByLabel('Search types')).toBeFocused();
  await picker.getByLabel('Search types').fill('ml.m5.large');
  // The quota, which the sandbox's Service Quotas tell.
  await expect(picker.getByRole('row').nth(1).getByText('20', { exact: true })).toBeVisible();
  await expect(picker.getByRole('row').nth(1)).toContainText(/\$0\.\d+/);
  await expect(picker).toContainText(/The algorithm runs on CPU/);

  await picker.getByRole('button', { name: 'GPU', exact: true }).click();
  await picker.getByRole('button', { name: 'GPU', pressed: true }).waitFor();
  await picker.getByLabel('Search types').fill('g4dn');
  await expect(picker.getByRole('row', { name: /ml\.m5\.large/ })).toHaveCount(0);
  await expect(picker.getByRole('row').nth(1)).toContainText('ml.g4dn.xlarge');
  const grid = picker.getByRole('grid');
  await grid.focus();
  await expect(grid).toBeFocused();
  await keyboard.press('ArrowDown');
  await expect(picker.getByRole('button', { name: 'Choose', exact: true })).toBeEnabled();
  await keyboard.press('Enter');
  await expect(picker).toBeHidden();
  await expect(form(lab).getByRole('button', { name: 'Choose…' })).toBeFocused();
  await expect.poll(() => modelText(lab)).toContain('instance_type: ml.g4dn.xlarge #');
  await expect(form(lab)).toContainText('1 × T4 (16 GiB)');
});

test('what the administrator does not allow is shown, and cannot be chosen', async ({ lab }) => {
  await lab.page.route('**/estimators/instance-types*', async route => {
    const answer = await route.fetch();
    const offered = await answer.json();
    offered.refusal = { message: 'Set by your administrator: one of ml.m5.*.', hint: 'Ask Ada.' };
    for (const offer of offered.offers) {
      offer.allowed = offer.instance_type.startsWith('ml.m5.');
    }
    await route.fulfill({ response: answer, json: offered });
  });
  await openSpec(lab, specText('refused-type').replace('ml.m5.large', 'ml.c5.xlarge'));
  await expect(form(lab)).toContainText('Set by your administrator: one of ml.m5.*. Ask Ada.');
  await form(lab).getByRole('button', { name: 'Choose…' }).click();
  const picker = form(lab).getByRole('group', { name: 'Instance types' });
  await picker.getByLabel('Search types').fill('ml.c5.2xlarge');
  const row = picker.getByRole('row', { name: /ml\.c5\.2xlarge/ });
  await expect(row).toContainText('not allowed');
  await row.click();
  await expect(picker.getByRole('button', { name: 'Choose', exact: true })).toBeDisabled();
  await row.dblclick();
  await expect(picker).toBeVisible();
  expect(await modelText(lab)).toContain('instance_type: ml.c5.xlarge #');
});

test('a channel is chosen in S3', async ({ lab }) => {
  const bucket = await lab.bucketWith({ 'data/train/a.csv': 'a', 'data/test/b.csv': 'b' });
  const channel = `  input_data_config:\n    - channel_name: train\n      s3_uri: s3://${bucket}/data/\n`;
  await openSpec(lab, specText('channel', channel));
  await form(lab).getByRole('button', { name: 'Choose in S3' }).first().click();
  const dialog = lab.page.getByRole('dialog');
  const grid = dialog.getByRole('grid');
  await expect(grid.getByRole('row', { name: /train/ })).toBeVisible();
  await expect(dialog.getByLabel('Chosen')).toHaveValue(`s3://${bucket}/data/`);
  await grid.getByRole('row', { name: /train/ }).click();
  await expect(dialog.getByLabel('Chosen')).toHaveValue(`s3://${bucket}/data/train/`);
  await dialog.getByRole('button', { name: 'Choose', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => modelText(lab)).toContain(`s3_uri: s3://${bucket}/data/train/`);
});

test('the hyperparameters of xgboost are known, and become ranges of a tuning', async ({ lab }) => {
  const tuning = `tuning:
  objective:
    metric_name: validation:rmse
    type: Minimize
  parameter_ranges: {}
  resource_limits:
    max_number_of_training_jobs: 4
    max_parallel_training_jobs: 2
`;
  await openSpec(lab, XGBOOST.replace('TrainingJob', 'HyperParameterTuningJob') + tuning);
  const table = form(lab).getByRole('group', { name: 'Hyperparameters' });
  await expect(table.getByRole('group', { name: 'num_round' })).toContainText('required');

  await table.getByRole('button', { name: 'Add', exact: true }).click();
  const search = table.getByLabel('Search hyperparameters');
  await expect(search).toBeFocused();
  await search.fill('eta');
  await expect(table.getByRole('listbox').getByRole('option').first()).toContainText('eta');
  await lab.page.keyboard.press('Enter');
  const eta = table.getByRole('group', { name: 'eta', exact: true });
  await expect(eta).toContainText('usually 0.1 to 0.5');
  await eta.getByLabel('How eta is set').selectOption('Tune: numbers');
  await expect(table.getByRole('group', { name: 'Range of eta' }).getByLabel(/^To/)).toHaveValue(
    '0.5'
  );
  await expect
    .poll(() => modelText(lab))
    .toContain('continuous:\n      eta:\n        min_value: 0.1\n        max_value: 0.5\n');
  expect(await modelText(lab)).not.toContain('eta: ""');
  await lab.expectAccessible('.jp-smext-Hyperparameters');
});

test('a value out of its limits says so while it is typed', async ({ lab }) => {
  const kmeans = XGBOOST.replace("name: xgboost\n      version: '1.7-1'", 'name: kmeans').replace(
    'num_round: 10',
    'k: 10\n    feature_dim: 4'
  );
  await openSpec(lab, kmeans);
  const table = form(lab).getByRole('group', { name: 'Hyperparameters' });
  await table.getByLabel('Value of k', { exact: true }).fill('0');
  await expect(table.getByRole('group', { name: 'k', exact: true })).toContainText(
    /At least|More than/
  );
  await table.getByLabel('Value of k', { exact: true }).fill('3');
  await expect(table).not.toContainText(/At least|More than/);
});

test('exported code goes into the notebook that is open, and runs there', async ({ lab }) => {
  test.setTimeout(120_000);
  const folder = await openSpec(lab, specText('celled'));
  await form(lab).getByRole('button', { name: 'Code', exact: true }).click();
  const code = form(lab).getByRole('region', { name: 'Code' });
  await code.getByRole('tab', { name: 'boto3' }).click();
  await expect(code).toContainText('create_training_job(');
  await expect(code.getByRole('button', { name: 'New cell' })).toHaveCount(0);
  await lab.execute('notebook:create-new', { cwd: folder, kernelName: 'python3' });
  await expect(lab.page.locator('#jp-main-statusbar')).toContainText('| Idle', { timeout: 40_000 });
  await lab.execute('docmanager:open', { path: `${folder}/job.sagemaker.yaml` });
  await code.getByRole('button', { name: 'New cell' }).click();
  const cells = lab.page.locator('.jp-Notebook:visible .jp-Cell');
  await expect(cells).toHaveCount(2);
  await expect(cells.nth(1)).toContainText('boto3.Session(');
  await lab.execute('notebook:run-all-cells');
  const jobs = async () => (await lab.api('GET', 'jobs?name_contains=celled')).training_jobs;
  await expect.poll(async () => (await jobs()).length, { timeout: 60_000 }).toBe(1);
  expect((await ended(lab, (await jobs())[0].training_job_name)).training_job_status).toBe(
    'Completed'
  );
});

test('a template of the team becomes a document', async ({ lab }) => {
  const text = specText('from-template');
  const template = {
    name: 'teams/sklearn',
    source: 's3://team/t/',
    path: 'sklearn.sagemaker.yaml'
  };
  const described = { ...template, description: 'Where we begin', version: 'abc', problems: [] };
  await lab.page.route(/estimators.templates(\?|$)/, route =>
    route.fulfill({
      json: {
        sources: [{ source: 's3://team/t/', named_by: 'admin', notes: [] }],
        templates: [described]
      }
    })
  );
  await lab.page.route(/estimators.template(\?|$)/, route =>
    route.fulfill({ json: { template: described, text } })
  );
  const folder = folderWith(lab, { 'train.py': '' });
  // The command answers only once the dialog is over.
  await lab.page.evaluate(cwd => {
    void (window as any).jupyterapp.commands.execute('smext:estimator-from-template', { cwd });
  }, folder);
  const dialog = lab.page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Create' })).toBeDisabled();
  await dialog.getByRole('row', { name: /sklearn/ }).click();
  await expect(dialog.getByLabel('Text of the template')).toContainText('base_job_name');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(form(lab).getByLabel(/^Name\*?$/)).toHaveValue('from-template', { timeout: 20_000 });
  const [file] = readdirSync(join(lab.server.root, folder)).filter(each => each.endsWith('.yaml'));
  expect(readFileSync(join(lab.server.root, folder, file), 'utf-8')).toBe(text);
});
