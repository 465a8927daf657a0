import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, type Lab, test } from '../lab';
import { EXAMPLE, folderWith, penguins } from '../sagemaker';

/** Upload a file into a place in S3 through the panel. */
async function upload(lab: Lab, uri: string, file: string): Promise<void> {
  await lab.execute('smext:s3-open', { uri });
  const chooser = lab.page.waitForEvent('filechooser');
  await lab.panel.getByRole('button', { name: 'Upload Files…', exact: true }).click();
  await (await chooser).setFiles(file);
  await expect(lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-row')).toHaveText(/\.csv/, {
    timeout: 20_000
  });
}

/** Add one to a list of the form, and fill in its fields. */
async function addItem(
  form: Locator,
  list: string,
  number: number,
  values: Record<string, string>
): Promise<void> {
  await form.getByRole('button', { name: `Add to ${list}` }).click();
  const item = form.getByRole('group', { name: `${list} ${number}` });
  for (const [label, value] of Object.entries(values)) {
    await item.getByLabel(new RegExp(`^${label}\\*?$`)).fill(value);
  }
}

test('penguins: from a file on disk to a prediction, all in JupyterLab', async ({
  lab
}, testInfo) => {
  test.setTimeout(240_000);
  const { page } = lab;
  const { bucket } = lab.server.sandbox;
  const prefix = `ui/${testInfo.testId}-${testInfo.repeatEachIndex}-${testInfo.retry}`;
  const data = penguins();
  mkdirSync(testInfo.outputDir, { recursive: true });
  await lab.openPanel();

  // Data into S3.
  for (const channel of ['train', 'test'] as const) {
    const file = join(testInfo.outputDir, `${channel}.csv`);
    writeFileSync(file, data[channel]);
    await upload(lab, `s3://${bucket}/${prefix}/${channel}/`, file);
  }

  // The Estimator, filled in as a form.
  const folder = folderWith(lab, {
    'train.py': readFileSync(join(EXAMPLE, 'train.py'), 'utf-8')
  });
  await lab.execute('filebrowser:go-to-path', { path: folder });
  await page.getByRole('button', { name: 'Estimator', exact: true }).click();
  const form = page.locator('.jp-smext-Editor');
  await form.getByLabel(/^Name\*?$/).fill('penguins-ui');
  await form.getByLabel(/^Entry script\*?$/).fill('train.py');
  await addItem(form, 'Data channels', 1, {
    Channel: 'train',
    'S3 URI': `s3://${bucket}/${prefix}/train/`,
    'Content type': 'text/csv'
  });
  await addItem(form, 'Data channels', 2, {
    Channel: 'test',
    'S3 URI': `s3://${bucket}/${prefix}/test/`,
    'Content type': 'text/csv'
  });
  const hyperparameters = form.getByRole('group', { name: 'Hyperparameters' });
  for (const [name, value] of [
    ['stages', '400'],
    ['learning-rate', '0.05']
  ]) {
    await hyperparameters.getByRole('button', { name: 'Add' }).click();
    await page.keyboard.type(name);
    await page.keyboard.press('Tab');
    await expect(hyperparameters.getByLabel(`Value of ${name}`)).toBeFocused();
    await page.keyboard.type(value);
  }
  await addItem(form, 'Metrics', 1, {
    Metric: 'test:accuracy',
    'Regular expression': 'test:accuracy=([0-9.]+)'
  });
  const launch = form.getByRole('button', { name: 'Launch', exact: true });
  await expect(launch).toBeEnabled();
  await launch.click();

  // It trains, and one can watch.
  const job = page.locator('.jp-smext-Job:visible');
  const head = job.locator('.jp-smext-Head');
  await expect(head).toContainText('In progress', { timeout: 30_000 });
  const log = job.getByRole('log');
  await expect(log).toContainText('stage=', { timeout: 60_000 });
  await expect(head).toContainText('In progress');
  const name = (await job.getByRole('heading').first().textContent()) ?? '';
  await expect(head).toContainText('Completed', { timeout: 120_000 });
  await job.getByRole('tab', { name: 'Metrics' }).click();
  await expect(job.getByRole('img', { name: 'Chart of accuracy' })).toBeVisible();
  const accuracy = job.getByRole('row', { name: /test:accuracy/ }).getByRole('cell');
  await expect
    .poll(async () => Number(await accuracy.first().textContent()), { timeout: 20_000 })
    .toBeGreaterThan(0.9);

  // The model is in S3, and answers behind an endpoint.
  await job.getByRole('tab', { name: 'Artifacts' }).click();
  await expect(job.getByText(/^s3:\/\/.*\/model\.tar\.gz$/)).toBeVisible();
  await job.getByRole('button', { name: 'Deploy…' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
  const endpoint = page.locator('.jp-smext-Endpoint:visible');
  await expect(endpoint.locator('.jp-smext-Head')).toContainText('In service', {
    timeout: 90_000
  });
  const rows = data.test.trim().split('\n').slice(1);
  const species = rows.map(row => row.split(',')[0]);
  await endpoint
    .getByLabel('Payload', { exact: true })
    .fill(rows.map(row => row.split(',').slice(1).join(',')).join('\n'));
  await page.keyboard.press('Control+Enter');
  const answer = endpoint.getByRole('list', { name: 'Calls of this session' }).locator('pre');
  await expect(answer.first()).toContainText(species[0], { timeout: 20_000 });
  const predicted: string[] = JSON.parse((await answer.first().textContent()) ?? '');
  const right = predicted.filter((each, index) => each === species[index]).length;
  expect(predicted).toHaveLength(species.length);
  expect(right / species.length).toBeGreaterThan(0.9);

  // The panel tells what it costs, once it is looked at.
  await lab.openPanel('endpoints');
  await expect(lab.panel.locator('.jp-smext-Running-cost')).toContainText('/h at AWS', {
    timeout: 40_000
  });

  // And it is gone again, with everything that belonged to it.
  await endpoint.getByRole('button', { name: 'Delete…' }).click();
  await dialog.getByLabel(/Type the name/).fill(name);
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(endpoint).toContainText('This endpoint was deleted', { timeout: 30_000 });
  const { endpoints } = await lab.api('GET', `endpoints?name_contains=${name}`);
  expect(endpoints).toEqual([]);
});
