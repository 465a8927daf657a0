import type { Locator } from '@playwright/test';
import { expect, type Lab, test } from '../lab';
import { folderWith, specText } from '../sagemaker';

/** Prints its depth as the score; a shallow one fails. */
const SCRIPT = `import argparse, os
parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int)
depth = parser.parse_args().depth
if depth < 2:
    raise ValueError(f"A depth of {depth} is too shallow")
print(f"score={depth};", flush=True)
open(os.path.join(os.environ["SM_MODEL_DIR"], "model.txt"), "w").write(str(depth))
`;

const SLEEPS = 'import time\ntime.sleep(300)\n';

function tuningText(name: string, trials: number, values: string): string {
  return specText(
    name,
    `tuning:
  strategy: Grid
  objective:
    metric_name: score
    type: Maximize
  parameter_ranges:
    categorical:
      depth: ${values}
  resource_limits:
    max_parallel_training_jobs: ${trials}
`
  )
    .replace('kind: TrainingJob', 'kind: HyperParameterTuningJob')
    .replace('train:loss', 'score')
    .replace('train_loss=([0-9.]+)', 'score=([0-9.]+);');
}

function tab(lab: Lab): Locator {
  return lab.page.locator('.jp-smext-TuningJob:visible');
}

function trialRows(lab: Lab): Locator {
  return tab(lab).locator('.jp-smext-Listing-row');
}

function listRow(lab: Lab, name: string): Locator {
  return lab.panel.locator(`.jp-smext-TuningJobs .jp-smext-Listing-row[data-tuning="${name}"]`);
}

/** Launch a tuning job without the form; answers its name. */
async function launch(lab: Lab, script: string, values = '[3, 4]'): Promise<string> {
  const text = tuningText('sleeps', 2, values);
  const folder = folderWith(lab, { 'train.py': script, 'tune.sagemaker.yaml': text });
  const document = `${folder}/tune.sagemaker.yaml`;
  const { spec } = await lab.api('POST', 'estimators/parse', { text });
  const { token } = await lab.api('POST', 'estimators/launch-token', { document });
  const task = await lab.api('POST', 'estimators/launches', { spec, document, token });
  if (!task.result) {
    throw new Error(`The launch did not end in time, or failed: ${JSON.stringify(task)}`);
  }
  return task.result.training_job_name;
}

async function open(lab: Lab, name: string): Promise<void> {
  await lab.execute('smext:open-tuning-job', { hyper_parameter_tuning_job_name: name });
  await expect(tab(lab).getByRole('heading', { name, exact: true })).toBeVisible();
}

/** Move the pointer over a chart until it says what was tried there. */
async function pointAt(lab: Lab, chart: string, words: string): Promise<void> {
  const figure = tab(lab).getByRole('figure').filter({ hasText: chart });
  const plot = figure.locator('.u-over');
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (!box) {
    throw new Error(`There is no chart of ${chart}.`);
  }
  for (let y = 4; y < box.height; y += 12) {
    for (let x = 4; x < box.width; x += 24) {
      await lab.page.mouse.move(box.x + x, box.y + y);
      if ((await figure.textContent())?.includes(words)) {
        return;
      }
    }
  }
  throw new Error(`Nowhere on the chart of ${chart} is ${words}.`);
}

test('a tuning job is launched from a form, watched, and its best training job is opened', async ({
  lab,
  context
}) => {
  test.setTimeout(150_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const folder = folderWith(lab, {
    'train.py': SCRIPT,
    'tune.sagemaker.yaml': tuningText('tuned', 4, '[1, 3, 5, 7]')
  });
  await lab.execute('docmanager:open', { path: `${folder}/tune.sagemaker.yaml` });
  const launchButton = lab.page.getByRole('button', { name: 'Launch', exact: true });
  await expect(launchButton).toBeEnabled({ timeout: 20_000 });
  await launchButton.click();

  // It opens by itself, and its training jobs appear.
  const head = tab(lab).locator('.jp-smext-Head');
  await expect(head).toContainText('In progress', { timeout: 30_000 });
  const name = (await tab(lab).getByRole('heading').first().textContent()) ?? '';
  await expect(trialRows(lab)).toHaveCount(4, { timeout: 30_000 });
  await expect(head).toContainText('3 completed, 1 failed of 4 training jobs', {
    timeout: 60_000
  });
  await expect(head).toContainText('Completed');
  await expect(head).toContainText('Maximize score');
  await expect(head).toContainText(/Cost.*\$.*the sandbox bills nothing/);

  // The best one first, marked by a word; the one without an objective last.
  await expect(trialRows(lab).first()).toContainText(/Best\s*7/);
  await expect(trialRows(lab).last()).toContainText('Failed');
  const best = tab(lab).getByRole('region', { name: 'Best training job' });
  await expect(best).toContainText('depth');
  await best.getByRole('button', { name: 'Copy hyperparameters' }).click();
  const copied = await lab.page.evaluate(() => navigator.clipboard.readText());
  expect(JSON.parse(copied)).toEqual({ depth: '7' });

  // Sorted the other way by what was tried, and why one failed.
  await tab(lab).getByRole('columnheader', { name: 'depth' }).getByRole('button').click();
  await expect(trialRows(lab).first()).toContainText('Failed');
  await trialRows(lab).first().click();
  const chosen = tab(lab).getByRole('region', { name: 'Chosen training job' });
  await expect(chosen).toContainText('A depth of 1 is too shallow');
  await expect(chosen.getByRole('button', { name: 'Why?' })).toBeVisible();

  // A point of the chart chooses a training job too.
  await tab(lab).getByRole('tab', { name: 'Charts' }).click();
  await expect(tab(lab).getByRole('img', { name: 'score by hyperparameter' })).toBeVisible();
  await pointAt(lab, 'score by hyperparameter', 'depth=5');
  await lab.page.mouse.down();
  await lab.page.mouse.up();
  await expect(chosen).toContainText('depth5');
  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    await lab.setTheme(theme);
    await lab.expectAccessible('.jp-smext-TuningJob');
  }

  // It comes back after a reload, and leads to its best training job, which leads back.
  await lab.reload();
  await expect(tab(lab).getByRole('heading', { name, exact: true })).toBeVisible();
  await best.getByRole('button', { name: 'Open job' }).click();
  const job = lab.page.locator('.jp-smext-Job:visible');
  await expect(job.locator('.jp-smext-Head')).toContainText(`Tuning job ${name}`);
  await job.getByRole('button', { name: `Tuning job ${name}` }).click();
  await expect(tab(lab).getByRole('heading', { name, exact: true })).toBeVisible();
});

test('a tuning job is found in the list by keyboard, and stopped', async ({ lab }) => {
  test.setTimeout(90_000);
  const name = await launch(lab, SLEEPS);
  await lab.execute('smext:show-tuning-jobs');
  await lab.onlySection('Tuning');
  await expect(listRow(lab, name)).toContainText('In progress');
  await lab.panel.getByLabel('Filter tuning jobs by name').fill(name);
  const grid = lab.panel.getByRole('grid', { name: 'Tuning jobs' });
  await expect(grid.locator('.jp-smext-Listing-row')).toHaveCount(1);
  await lab.expectAccessible('.jp-smext-TuningJobs');
  await grid.focus();
  await expect(grid).toBeFocused();
  await lab.page.keyboard.press('ArrowDown');
  await expect(listRow(lab, name)).toHaveAttribute('aria-selected', 'true');
  await lab.page.keyboard.press('Enter');
  await expect(tab(lab).getByRole('heading', { name, exact: true })).toBeVisible();

  await expect(tab(lab).locator('.jp-smext-Head')).toContainText('2 in progress');
  // A training job starts some seconds after it is there.
  await expect
    .poll(
      async () => {
        const about = { hyper_parameter_tuning_job_name: name };
        return (await lab.api('POST', 'jobs/tuning/trials', about)).cost.running;
      },
      { timeout: 30_000 }
    )
    .toBe(2);
  await tab(lab).getByRole('button', { name: 'Stop…' }).click();
  const dialog = lab.page.getByRole('dialog');
  await expect(dialog).toContainText(/2 training jobs run now, for \$\d+\.\d\d an hour/);
  await dialog.getByRole('button', { name: 'Stop tuning job' }).click();
  await expect(tab(lab).locator('.jp-smext-Head')).toContainText('2 stopped of 2', {
    timeout: 30_000
  });
  await expect(listRow(lab, name)).toContainText('Stopped');
});

test('a tuning job that is gone, and training jobs that one may not see', async ({ lab }) => {
  // Without a name it is asked for.
  const opened = lab.execute('smext:open-tuning-job');
  const dialog = lab.page.getByRole('dialog');
  await dialog.getByRole('combobox').fill('none');
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await opened;
  await expect(tab(lab)).toContainText('There is no tuning job none');
  await expect(tab(lab).getByRole('button', { name: 'Try again' })).toBeVisible();

  const name = await launch(lab, SCRIPT);
  await lab.page.route('**/api/jobs/tuning/trials*', route =>
    route.fulfill({
      status: 403,
      json: {
        code: 'AccessDenied',
        message: 'You may not list the training jobs of this tuning job.',
        action: 'sagemaker:ListTrainingJobsForHyperParameterTuningJob',
        retryable: false
      }
    })
  );
  await open(lab, name);
  await expect(tab(lab)).toContainText('sagemaker:ListTrainingJobsForHyperParameterTuningJob');
  await expect(tab(lab).getByRole('button', { name: 'Why?' })).toBeVisible();
  await expect(tab(lab).locator('.jp-smext-Head')).toContainText('Grid');
});
