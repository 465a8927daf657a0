import type { Locator } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, type Lab, test } from '../lab';
import { openNotebook } from '../notebook';
import { ended, folderWith } from '../sagemaker';

/** The form of the Estimator that a button has made; it trains with this script. */
async function estimatorOf(lab: Lab, entryScript: string): Promise<Locator> {
  const form = lab.page.locator('.jp-smext-Editor:visible');
  await expect(form.getByLabel(/^Entry script\*?$/)).toHaveValue(entryScript, { timeout: 20_000 });
  return form;
}

test('a notebook is saved, and trains as it is on the screen', async ({ lab }) => {
  test.setTimeout(120_000);
  const cells = [
    '%matplotlib inline\nimport os\nfolder = os.environ["SM_MODEL_DIR"]',
    '%%time\nopen(os.path.join(folder, "model.txt"), "w").write("learned")'
  ];
  const notebook = await openNotebook(lab, cells, folderWith(lab, {}));
  const editor = notebook.cell(1).locator('.cm-content');
  await editor.click();
  await expect(editor).toBeFocused();
  await lab.page.keyboard.press('Control+End');
  await lab.page.keyboard.insertText('\nprint("typed and not saved")');
  await notebook.panel.getByRole('button', { name: 'Train' }).click();
  await lab.page.getByRole('menuitem', { name: 'Train This Notebook on SageMaker' }).click();
  const name = basename(notebook.path);
  const form = await estimatorOf(lab, name);
  expect(readFileSync(join(lab.server.root, notebook.path), 'utf-8')).toContain('typed and not');

  await form.getByRole('button', { name: 'Launch', exact: true }).click();
  const findings = form.getByRole('list', { name: 'Findings of the check' });
  await expect(findings).toContainText('%matplotlib inline, %%time', { timeout: 20_000 });
  await form.getByRole('button', { name: 'Launch anyway' }).click();
  const stem = name.replace('.ipynb', '');
  const jobs = async () =>
    (await lab.api('GET', `jobs?name_contains=${stem}`)).training_jobs as any[];
  await expect.poll(async () => (await jobs()).length, { timeout: 30_000 }).toBe(1);
  const job = await ended(lab, (await jobs())[0].training_job_name);
  expect(job.training_job_status, job.failure_reason).toBe('Completed');
  const log = await lab.api('POST', 'jobs/logs', { training_job_name: job.training_job_name });
  expect(JSON.stringify(log)).toContain('typed and not saved');
});

test('selected cells are written to a script, and over nothing', async ({ lab }) => {
  const notebook = await openNotebook(lab, ['%time\nprint("trained here")', '  ']);
  const trainCell = async (index: number): Promise<void> => {
    await notebook.cell(index).locator('.jp-InputArea-editor').click();
    await notebook.panel.getByRole('button', { name: 'Train' }).click();
    await lab.page.getByRole('menuitem', { name: 'Train Selected Cells on SageMaker' }).click();
  };
  const stem = notebook.path.replace('.ipynb', '-cells');
  for (const name of [`${stem}.py`, `${stem}-2.py`]) {
    await trainCell(0);
    await estimatorOf(lab, name);
    const script = readFileSync(join(lab.server.root, name), 'utf-8');
    expect(script).toContain('# %time\nprint("trained here")');
    await notebook.open();
  }
  await trainCell(1);
  await expect(lab.page.getByRole('dialog')).toContainText('Select cells that hold code.');
});

test('a cell offers it in its context menu', async ({ lab }) => {
  const notebook = await openNotebook(lab, ['print(1)', 'print("by the menu")']);
  await notebook.cell(1).locator('.jp-InputPrompt').click({ button: 'right' });
  await lab.page.getByRole('menuitem', { name: 'Train Selected Cells on SageMaker' }).click();
  const name = notebook.path.replace('.ipynb', '-cells.py');
  await estimatorOf(lab, name);
  const script = readFileSync(join(lab.server.root, name), 'utf-8');
  expect(script).toContain('by the menu');
  expect(script).not.toContain('print(1)');
});

test('a Python file has the button in its editor, other files have not', async ({ lab }) => {
  const folder = folderWith(lab, { 'fit.py': 'print("as it was")\n', 'words.txt': '' });
  await lab.execute('docmanager:open', { path: `${folder}/words.txt` });
  const open = lab.page.locator('.jp-Document:visible');
  const train = open.getByRole('button', {
    name: 'Open an Estimator that trains with this Python file'
  });
  await expect(open.locator('.cm-content')).toBeVisible();
  await expect(train).toBeHidden();

  await lab.execute('docmanager:open', { path: `${folder}/fit.py` });
  const text = open.locator('.cm-content');
  await expect(text).toContainText('as it was');
  await text.click();
  await expect(text).toBeFocused();
  await lab.page.keyboard.press('Control+Home');
  await lab.page.keyboard.insertText('print("typed")\n');
  await train.click();
  await estimatorOf(lab, 'fit.py');
  expect(readFileSync(join(lab.server.root, folder, 'fit.py'), 'utf-8')).toContain('typed');
});
