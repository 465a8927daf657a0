import type { Locator } from '@playwright/test';
import { expect, type Lab, test } from '../lab';
import { openNotebook, type OpenNotebook } from '../notebook';

/** An error as AWS words it: the sandbox of these tests lets everything pass. */
const DENIED = `from botocore.exceptions import ClientError
raise ClientError({"Error": {"Code": "AccessDenied", "Message":
    "User: arn:aws:sts::123456789012:assumed-role/SomeRole/me is not authorized to perform: s3:ListBucket on "
    'resource: "arn:aws:s3:::their-bucket" because no identity-based policy allows the s3:ListBucket action'}},
    "ListObjectsV2")`;

/** Run every cell, whatever fails on the way. */
async function runEach(lab: Lab, notebook: OpenNotebook): Promise<void> {
  const count = await notebook.panel.locator('.jp-Cell').count();
  for (let index = 0; index < count; index++) {
    await notebook.cell(index).locator('.jp-InputArea-editor').click();
    await lab.execute('notebook:run-cell');
  }
}

function help(lab: Lab): Locator {
  return lab.page.locator('.jp-Notebook:visible .jp-smext-Help');
}

test('explains an error below its traceback, and still does after a reload', async ({ lab }) => {
  const notebook = await openNotebook(lab, ['%load_ext jupyter_smext', DENIED]);
  await runEach(lab, notebook);
  await expect(help(lab)).toContainText('arn:aws:s3:::their-bucket', { timeout: 40_000 });
  await expect(notebook.output(1).first()).toContainText('Traceback');
  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    await lab.setTheme(theme);
    await lab.expectAccessible('.jp-smext-Help');
  }
  await notebook.save();

  await lab.reload();
  await expect(help(lab)).toContainText('arn:aws:s3:::their-bucket', { timeout: 20_000 });
  const why = help(lab).getByRole('button', { name: 'Why?' });
  await why.focus();
  await expect(why).toBeFocused();
  await lab.page.keyboard.press('Enter');
  const doctor = lab.page.locator('.jp-smext-Iam:visible');
  await expect(doctor.locator('.jp-smext-Explained')).toContainText('SomeRole', {
    timeout: 20_000
  });
  await expect(doctor.getByRole('textbox')).toHaveValue(/AccessDenied/);
});

test('shows the traceback only where the help is switched off', async ({ lab }) => {
  const notebook = await openNotebook(lab, [
    '%load_ext jupyter_smext\n%sm_explain off',
    'import boto3\nboto3.client("s3").list_objects_v2(Bucket="no-such-bucket-here")',
    '%sm_explain on',
    'boto3.client("s3").list_objects_v2(Bucket="no-such-bucket-here")'
  ]);
  await runEach(lab, notebook);
  await expect(help(lab)).toContainText('no-such-bucket-here', { timeout: 40_000 });
  await expect(help(lab)).toHaveCount(1);
  await expect(notebook.output(1)).toContainText('NoSuchBucket');
  await expect(help(lab).getByRole('button', { name: 'Open in S3' })).toBeEnabled();
});
