import type { Locator } from '@playwright/test';
import { expect, type Lab, test, THEMES } from '../lab';
import { ended, launch } from '../sagemaker';

/** Trains nothing, and answers the sum of each row that it gets. */
const SUM = `import os
open(os.path.join(os.environ["SM_MODEL_DIR"], "model.txt"), "w").write("sum")

def model_fn(folder):
    return sum

def predict_fn(rows, model):
    return [model(row) for row in rows]
`;

const BROKEN = SUM.replace('return sum', 'raise RuntimeError("the model is broken")');

function tab(lab: Lab): Locator {
  return lab.page.locator('.jp-smext-Endpoint:visible');
}

function head(lab: Lab): Locator {
  return tab(lab).locator('.jp-smext-Head');
}

function rows(lab: Lab): Locator {
  return lab.panel.locator('.jp-smext-Endpoints .jp-smext-Listing-row');
}

async function trained(lab: Lab, script: string, name: string): Promise<string> {
  const job = await launch(lab, script, name);
  const { training_job_status } = await ended(lab, job.name);
  expect(training_job_status).toBe('Completed');
  return job.name;
}

async function deployed(lab: Lab, script = SUM, name = 'served'): Promise<string> {
  const job = await trained(lab, script, name);
  const { endpoint_name } = await lab.api('POST', 'endpoints/deploy', { training_job_name: job });
  return endpoint_name;
}

async function remove(lab: Lab, name: string): Promise<void> {
  await lab.api('POST', 'endpoints/delete', { endpoint_name: name, confirm: name });
}

test('deploys a finished job, asks it, and deletes what was made by its typed name', async ({
  lab
}) => {
  test.setTimeout(120_000);
  const job = await trained(lab, SUM, 'deployed');
  await lab.openPanel('endpoints');
  await lab.onlySection('Endpoints');
  await lab.execute('smext:job-open', { training_job_name: job });
  await lab.page.locator('.jp-smext-Job').getByRole('button', { name: 'Deploy…' }).click();
  const dialog = lab.page.getByRole('dialog');
  await expect(dialog).toContainText('billed until it is deleted');
  const price = dialog.getByRole('status');
  await expect(price).toContainText(/^\$0\.\d{3} an hour/);
  await dialog.getByLabel('Instance type').fill('ml.nothing.like-this');
  await expect(price).toContainText('No price known');
  await dialog.getByLabel('Instance type').fill('ml.m5.large');
  const deploy = dialog.getByRole('button', { name: 'Deploy', exact: true });
  await dialog.getByLabel('Endpoint name').fill('not a name');
  await expect(deploy).toBeDisabled();
  await dialog.getByLabel('Endpoint name').fill(`${job}-e`);
  await deploy.click();

  await expect(head(lab)).toContainText('Creating');
  await expect(head(lab)).toContainText('In service', { timeout: 60_000 });
  await expect(rows(lab).and(lab.page.locator(`[data-endpoint="${job}-e"]`))).toContainText(
    'In service',
    { timeout: 20_000 }
  );

  const payload = tab(lab).getByLabel('Payload', { exact: true });
  await payload.fill('1,2,3\n4,5,6');
  await lab.page.keyboard.press('Control+Enter');
  const calls = tab(lab).getByRole('list', { name: 'Calls of this session' });
  await expect(calls.getByRole('listitem').first()).toContainText(/\d+ ms/, { timeout: 20_000 });
  expect(JSON.parse((await calls.locator('pre').first().textContent()) ?? '').map(Number)).toEqual([
    6, 15
  ]);
  await payload.fill('[[1, 1]]');
  await tab(lab).getByLabel('Content type').selectOption('application/json');
  await tab(lab).getByRole('button', { name: 'Send' }).click();
  await expect(calls.getByRole('listitem')).toHaveCount(2);
  await expect(calls.locator('pre').first()).toContainText('2');

  await tab(lab).getByRole('button', { name: 'Delete…' }).click();
  for (const kind of ['Endpoint', 'EndpointConfig', 'Model']) {
    await expect(dialog.getByRole('listitem').filter({ hasText: kind }).first()).toBeVisible();
  }
  const confirm = dialog.getByRole('button', { name: 'Delete', exact: true });
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel(/Type the name/).fill(`${job}-`);
  await expect(confirm).toBeDisabled();
  await dialog.getByLabel(/Type the name/).fill(`${job}-e`);
  await confirm.click();
  await expect(tab(lab)).toContainText('This endpoint was deleted', { timeout: 30_000 });
  await expect(rows(lab).and(lab.page.locator(`[data-endpoint="${job}-e"]`))).toBeHidden({
    timeout: 20_000
  });
});

test('an error of the model is an answer too', async ({ lab }) => {
  test.setTimeout(90_000);
  const name = await deployed(lab);
  await lab.execute('smext:endpoint-open', { endpoint_name: name });
  await expect(head(lab)).toContainText('In service', { timeout: 60_000 });
  await tab(lab).getByLabel('Payload', { exact: true }).fill('these,are,words');
  await tab(lab).getByRole('button', { name: 'Send' }).click();
  const call = tab(lab).getByRole('listitem').first();
  await expect(call.getByRole('alert')).toBeVisible({ timeout: 30_000 });
  await expect(call).toContainText('Failed');
  // It stays, to be looked at and corrected.
  await call.getByText('Payload (text/csv)').click();
  await tab(lab).getByLabel('Payload', { exact: true }).fill('');
  await call.getByRole('button', { name: 'Edit and send again' }).click();
  await expect(tab(lab).getByLabel('Payload', { exact: true })).toHaveValue('these,are,words');
  await remove(lab, name);
});

test('says why a model cannot be served', async ({ lab }) => {
  test.setTimeout(120_000);
  const name = await deployed(lab, BROKEN, 'broken');
  await lab.execute('smext:endpoint-open', { endpoint_name: name });
  await expect(head(lab)).toContainText('Failed', { timeout: 90_000 });
  await expect(tab(lab).getByRole('alert')).toBeVisible();
  await expect(tab(lab).getByRole('button', { name: 'Send' })).toBeDisabled();

  await tab(lab).getByRole('button', { name: 'Why?' }).click();
  const doctor = lab.page.locator('.jp-smext-Doctor:visible');
  await expect(doctor.getByRole('textbox')).toHaveValue(/FailureReason: .*ping health check/);
  await expect(doctor.locator('.jp-smext-Explained')).toContainText('Read the log');
  await remove(lab, name);
});

test('comes back after a reload, and is accessible', async ({ lab }) => {
  test.setTimeout(90_000);
  const name = await deployed(lab);
  await lab.execute('smext:endpoint-open', { endpoint_name: name });
  await expect(head(lab)).toContainText('In service', { timeout: 60_000 });
  await lab.reload();
  await expect(tab(lab).getByRole('heading', { name })).toBeVisible({ timeout: 20_000 });
  await tab(lab).getByLabel('Payload', { exact: true }).fill('1,2\n3,4');
  await tab(lab).getByRole('button', { name: 'Send' }).click();
  await expect(tab(lab).getByRole('listitem').first()).toContainText('ms', { timeout: 20_000 });
  for (const theme of THEMES) {
    await lab.setTheme(theme);
    await lab.expectAccessible('.jp-smext-Endpoint');
  }
  await remove(lab, name);
});

test('an endpoint is opened and deleted by keyboard only', async ({ lab }) => {
  test.setTimeout(90_000);
  const name = await deployed(lab, SUM, 'keyboard');
  await lab.openPanel('endpoints');
  await lab.onlySection('Endpoints');
  await lab.panel.getByLabel('Filter endpoints by name').focus();
  const { keyboard } = lab.page;
  const filtered = lab.page.waitForResponse(/name_contains/);
  await keyboard.type(name);
  await filtered;
  await expect(rows(lab)).toHaveCount(1);
  await keyboard.press('Tab');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(tab(lab).getByRole('heading', { name })).toBeVisible();
  await expect(head(lab)).toContainText('In service', { timeout: 60_000 });
  await rows(lab).first().locator('xpath=ancestor::*[@role="grid"]').focus();
  await keyboard.press('Delete');
  await expect(lab.page.getByLabel(/Type the name/)).toBeFocused();
  await keyboard.type(name);
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await expect(tab(lab)).toContainText('This endpoint was deleted', { timeout: 30_000 });
});
