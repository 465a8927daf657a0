import { form, field, modelText, openSpec, test } from '../estimators';
import { expect } from '../lab';
import { specText } from '../sagemaker';

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

const TUNING = `tuning:
  objective:
    metric_name: validation:rmse
    type: Minimize
  parameter_ranges: {}
  resource_limits:
    max_number_of_training_jobs: 4
    max_parallel_training_jobs: 2
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
  await openSpec(lab, XGBOOST.replace('TrainingJob', 'HyperParameterTuningJob') + TUNING);
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
  // The default is where it begins.
  await expect(eta.getByLabel('Value of eta')).toBeFocused();
  await expect(eta.getByLabel('Value of eta')).toHaveValue('0.3');
  await eta.getByLabel('How eta is set').selectOption('Tune: numbers');
  await expect(table.getByRole('group', { name: 'Range of eta' }).getByLabel(/^To/)).toHaveValue(
    '0.5'
  );
  await expect
    .poll(() => modelText(lab))
    .toContain('continuous:\n      eta:\n        min_value: 0.1\n        max_value: 0.5\n');
  expect(await modelText(lab)).not.toMatch(/eta: (""|0.3)/);
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

test('what does not go with the algorithm is hidden, and told where it is set', async ({ lab }) => {
  await openSpec(lab, specText('withheld'));
  const launch = form(lab).getByRole('button', { name: 'Launch', exact: true });
  await expect(field(lab, 'Entry script')).toBeVisible();
  await expect(launch).toBeEnabled();
  await form(lab)
    .getByLabel(/^Algorithm\*?$/)
    .first()
    .selectOption('Built-in algorithm');
  await expect(field(lab, 'Entry script')).toBeHidden();
  await expect(field(lab, 'Source directory')).toBeHidden();
  const source = form(lab).getByRole('group', { name: 'Source code' });
  await expect(source).toContainText('entry_script: train.py');
  await expect(launch).toBeDisabled();

  // Its problem leads there, although it has no field.
  await form(lab)
    .getByRole('button', { name: /problems?$/ })
    .last()
    .click();
  const problems = form(lab).getByRole('list', { name: 'Problems' });
  await problems.getByRole('button', { name: /spec\.source_code/ }).click();
  await expect(source).toBeFocused();
  await source.getByRole('button', { name: 'Remove' }).click();
  await expect(source).toBeHidden();
  expect(await modelText(lab)).not.toContain('entry_script');

  await form(lab)
    .getByLabel(/^Algorithm\*?$/)
    .first()
    .selectOption('Framework with your script');
  await expect(field(lab, 'Entry script')).toBeVisible();
  await form(lab).getByLabel('Search fields').fill('container arguments');
  await expect(field(lab, 'Entry script')).toBeHidden();
  await expect(field(lab, 'Container arguments')).toBeHidden();
});

test('a tuning job gets another job, with ranges of its own', async ({ lab }) => {
  const alone = XGBOOST.replace('TrainingJob', 'HyperParameterTuningJob');
  const ranges = `  parameter_ranges:
    continuous:
      eta:
        min_value: 0.1
        max_value: 0.5
`;
  await openSpec(lab, alone + TUNING.replace('  parameter_ranges: {}\n', ranges));
  await expect(form(lab).getByRole('button', { name: 'Launch', exact: true })).toBeEnabled();
  await form(lab).getByRole('button', { name: 'Add to More definitions' }).click();
  const other = form(lab).getByRole('region', { name: 'Training job job-2' });
  const name = other.getByLabel(/^Name\*?$/);
  await expect(name).toBeFocused();
  await expect(field(lab, 'Name of this job')).toHaveValue('job-1');
  await name.fill('deep');
  const deep = form(lab).getByRole('region', { name: 'Training job deep' });
  const range = deep.getByRole('group', { name: 'Range of eta' });
  await range.getByLabel(/^To/).fill('0.9');
  const table = deep.getByRole('group', { name: 'Hyperparameters' });
  await table.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(table.getByLabel('Search hyperparameters')).toBeFocused();
  await table.getByLabel('Search hyperparameters').fill('max_depth');
  await lab.page.keyboard.press('Enter');
  await table.getByLabel('How max_depth is set').selectOption('Tune: whole numbers');
  await table.getByRole('group', { name: 'Range of max_depth' }).getByLabel(/^From/).fill('2');
  await table.getByRole('group', { name: 'Range of max_depth' }).getByLabel(/^To/).fill('9');
  await deep.getByLabel(/^Metric\*?$/).fill('validation:mae');
  await expect
    .poll(() => modelText(lab))
    .toMatch(
      /definitions:\n +- definition_name: deep\n[^]*metric_name: validation:mae[^]*max_value: 0.9[^]*max_depth:\n +min_value: 2\n +max_value: 9\n/
    );
  // The first job is as it was.
  expect(await modelText(lab)).toContain('metric_name: validation:rmse');
  expect(await modelText(lab)).toContain('max_value: 0.5');
  await expect(form(lab).getByRole('button', { name: 'Launch', exact: true })).toBeEnabled();
  await lab.expectAccessible('.jp-smext-Editor-form');

  await form(lab).getByRole('button', { name: 'Remove deep' }).click();
  await expect(deep).toBeHidden();
  await expect.poll(() => modelText(lab)).not.toContain('definitions:');
});
