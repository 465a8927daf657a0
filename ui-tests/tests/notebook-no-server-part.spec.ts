import { expect } from '../lab';
import { openNotebook } from '../notebook';
import { testWithServer } from '../ownServer';

const test = testWithServer(['--no-server-part']);

test('without the server part panel and widgets say so, and the kernel reads', async ({ lab }) => {
  await lab.openPanel('s3');
  await expect(lab.panel.getByRole('alert').first()).toContainText('Server part missing');
  await lab.expectAccessible('#jp-smext-panel');

  const notebook = await openNotebook(lab, [
    'import boto3\nboto3.client("s3").create_bucket(Bucket="by-the-kernel")\n' +
      'import jupyter_smext as sm\npicker = sm.S3Picker("s3://by-the-kernel/")\npicker',
    'table = sm.JobTable()\ntable'
  ]);
  await notebook.runAll();
  for (const index of [0, 1]) {
    const cell = await notebook.show(index);
    await expect(cell.getByRole('alert')).toContainText('Server part missing', {
      timeout: 30_000
    });
    await expect(cell.getByText('refresh() in Python')).toBeVisible();
  }
  await expect(notebook.cell(1).getByRole('group')).toContainText('None read.');

  await notebook.python('picker.refresh()\npicker.selected = ["s3://by-the-kernel/data/"]');
  await expect(notebook.cell(0).getByRole('group')).toContainText('s3://by-the-kernel/data/');
  await expect
    .poll(async () => JSON.stringify((await notebook.save()).cells[0].outputs))
    .toContain('s3://by-the-kernel/data/');
});
