import type { Locator } from '@playwright/test';
import { expect, type Lab, test, THEMES } from '../lab';
import { ended, launch, lossScript } from '../sagemaker';

function tab(lab: Lab): Locator {
  return lab.page.locator('.jp-smext-Job:visible');
}

function rows(lab: Lab): Locator {
  return lab.panel.locator('.jp-smext-Jobs .jp-smext-Listing-row');
}

async function openJob(lab: Lab, name: string): Promise<Locator> {
  await lab.execute('smext:job-open', { training_job_name: name });
  await expect(tab(lab).getByRole('heading', { name })).toBeVisible();
  return tab(lab);
}

test.describe('list', () => {
  test('shows a job with its live status, and narrows by name and status', async ({ lab }) => {
    test.setTimeout(90_000);
    await lab.openPanel('training');
    await lab.onlySection('Training');
    const { name } = await launch(lab, lossScript(6, 0.5), 'listed');
    const row = rows(lab).and(lab.page.locator(`[data-job="${name}"]`));
    await expect(row).toContainText('In progress', { timeout: 20_000 });
    await expect(lab.panel).toContainText(/\d+ jobs? in progress/);
    await expect(row).toContainText('Completed', { timeout: 45_000 });

    await lab.panel.getByLabel('Filter jobs by name').fill('no such job');
    await expect(lab.panel.getByText('No job matches')).toBeVisible();
    await lab.panel.getByLabel('Filter jobs by name').fill(name);
    await expect(rows(lab)).toHaveCount(1);
    await lab.panel.getByLabel('Filter jobs by status').selectOption('Failed');
    await expect(lab.panel.getByText('No job matches')).toBeVisible();
    await lab.panel.getByLabel('Filter jobs by status').selectOption('Completed');
    await expect(rows(lab)).toHaveCount(1);
  });

  test('opens a job by keyboard only', async ({ lab }) => {
    const { name } = await launch(lab, lossScript(1, 0), 'keyboard');
    await lab.openPanel('training');
    await lab.onlySection('Training');
    await expect(rows(lab).and(lab.page.locator(`[data-job="${name}"]`))).toBeVisible();
    await lab.panel.getByLabel('Filter jobs by name').focus();
    const filtered = lab.page.waitForResponse(
      response => new URL(response.url()).searchParams.get('name_contains') === name
    );
    await lab.page.keyboard.type(name);
    await filtered;
    await expect(rows(lab)).toHaveCount(1);
    await lab.page.keyboard.press('Tab');
    await lab.page.keyboard.press('Tab');
    await expect(lab.panel.locator('.jp-smext-Jobs').getByRole('grid')).toBeFocused();
    await lab.page.keyboard.press('ArrowDown');
    await expect(rows(lab)).toHaveAttribute('aria-selected', 'true');
    await lab.page.keyboard.press('Enter');
    await expect(tab(lab).getByRole('heading', { name })).toBeVisible();

    // Arrows walk through the tabs; one of them takes one place in the order of Tab.
    await tab(lab).getByRole('tab', { name: 'Log' }).focus();
    await lab.page.keyboard.press('ArrowRight');
    await expect(tab(lab).getByRole('tab', { name: 'Metrics' })).toBeFocused();
    await expect(tab(lab).getByRole('tab', { name: 'Metrics' })).toHaveAttribute(
      'aria-selected',
      'true'
    );
    await lab.page.keyboard.press('End');
    await expect(tab(lab).getByRole('tab', { name: 'JSON' })).toBeFocused();
    await expect(tab(lab).getByText('"TrainingJobName"')).toBeVisible();
  });
});

test.describe('job', () => {
  test('shows lines while they are written', async ({ lab }) => {
    test.setTimeout(90_000);
    const { name } = await launch(lab, lossScript(40, 0.25), 'latency');
    const job = await openJob(lab, name);
    // The page notes when it first shows each line.
    await lab.page.evaluate(() => {
      const seen = new Map<string, number>();
      (window as any).smextSeen = seen;
      const look = () => {
        for (const line of document.querySelectorAll('.jp-smext-Log-line')) {
          const text = line.textContent ?? '';
          if (text.includes('written=') && !seen.has(text)) {
            seen.set(text, Date.now());
          }
        }
      };
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
      look();
    });
    await expect(job).toContainText('In progress');
    await expect(job.locator('.jp-smext-Head')).toContainText('Completed', { timeout: 60_000 });
    const delays = await lab.page.evaluate(() =>
      [...((window as any).smextSeen as Map<string, number>)].map(
        ([text, at]) => at - 1000 * Number(/written=([\d.]+)/.exec(text)?.[1])
      )
    );
    delays.sort((a, b) => a - b);
    const quantile = (share: number) => Math.round(delays[Math.floor(delays.length * share)]);
    console.log(
      `${delays.length} lines, written -> visible: p50 ${quantile(0.5)} ms, p95 ${quantile(0.95)} ms`
    );
    expect(delays.length).toBeGreaterThan(20);
  });

  test('follows the log until one scrolls up, filters it, and copies what is shown', async ({
    lab,
    context
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const script = `print("\\x1b[31mred\\x1b[0m words")\nfor i in range(5000):\n    print("line", i)\n`;
    const { name } = await launch(lab, script, 'long');
    await ended(lab, name);
    const job = await openJob(lab, name);
    const log = job.getByRole('log');
    await expect(log.getByText('line 4999', { exact: true })).toBeVisible({ timeout: 20_000 });
    await expect(job).toContainText('5,001 lines');
    // Only what can be seen is in the page.
    expect(await log.locator('.jp-smext-Log-line').count()).toBeLessThan(200);

    const follow = job.getByLabel('Follow');
    await expect(follow).toBeChecked();
    await log.hover();
    await lab.page.mouse.wheel(0, -100_000);
    await expect(log.getByText('line 0', { exact: true })).toBeVisible();
    await expect(follow).not.toBeChecked();
    await expect(log.locator('.jp-mod-ansi-red-fg')).toHaveText('red');

    await job.getByLabel('Filter log lines').fill('LINE 12');
    await expect(job).toContainText('111 of 5,001 lines');
    await expect(log.locator('mark').first()).toHaveText('line 12');
    await job.getByRole('button', { name: 'Copy the lines shown' }).click();
    const copied = await lab.page.evaluate(() => navigator.clipboard.readText());
    expect(copied.split('\n')).toHaveLength(111);
    await job.getByLabel('Filter log lines').fill('nothing like this');
    await expect(job.getByText('No line matches')).toBeVisible();
  });

  test('draws metrics as they come, and shows them as a table', async ({ lab }) => {
    test.setTimeout(90_000);
    const { name } = await launch(lab, lossScript(20, 0.3), 'metrics');
    const job = await openJob(lab, name);
    await job.getByRole('tab', { name: 'Metrics' }).click();
    await expect(job.getByRole('img', { name: 'Chart of loss' })).toBeVisible({ timeout: 20_000 });
    await expect(job.locator('.jp-smext-Head')).toContainText('In progress');
    await expect(job.locator('.jp-smext-Head')).toContainText('Completed', { timeout: 60_000 });
    const row = job.getByRole('row', { name: /train:loss/ });
    await expect(row).toContainText('0.05', { timeout: 20_000 });
    await job.getByRole('button', { name: 'Table' }).click();
    const values = job.getByRole('grid', { name: 'Values of the metrics' });
    await expect(values.getByRole('row').nth(1)).toContainText('1');
    await expect(values.getByText('0.05', { exact: true })).toBeVisible();
  });

  test('says first why a job failed', async ({ lab }) => {
    const { name } = await launch(lab, 'raise ValueError("no such column: species")', 'failing');
    await ended(lab, name);
    const job = await openJob(lab, name);
    await expect(job.getByRole('alert')).toContainText('ValueError: no such column: species');
    await expect(job.locator('.jp-smext-Head')).toContainText('Failed');
    await expect(job.getByRole('log')).toContainText('Traceback', { timeout: 20_000 });
    await job.getByRole('tab', { name: 'Timeline' }).click();
    await expect(job.getByRole('row', { name: /^Training/ })).toBeVisible();
    await expect(job.getByRole('row', { name: /^Failed/ })).toBeVisible();

    await job.getByRole('button', { name: 'Why?' }).click();
    const doctor = lab.page.locator('.jp-smext-Doctor:visible');
    await expect(doctor.getByRole('textbox')).toHaveValue(/ValueError: no such column: species/);
    await expect(doctor.locator('.jp-smext-Explained')).toContainText('Not permissions');
  });

  test('stops a job after asking, and not by accident', async ({ lab }) => {
    test.setTimeout(90_000);
    const { name } = await launch(lab, lossScript(400, 0.25), 'stopped');
    const job = await openJob(lab, name);
    await expect(job.getByRole('log')).toContainText('step=1', { timeout: 30_000 });
    await job.getByRole('button', { name: 'Stop…' }).click();
    const dialog = lab.page.getByRole('dialog');
    await expect(dialog).toContainText(name);
    // Enter on an untouched question keeps the job.
    await lab.page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await expect(job.locator('.jp-smext-Head')).toContainText('In progress');

    await job.getByRole('button', { name: 'Stop…' }).click();
    await dialog.getByRole('button', { name: 'Stop job' }).click();
    await expect(job.locator('.jp-smext-Head')).toContainText('Stopped', { timeout: 45_000 });
    await expect(job.getByRole('button', { name: 'Stop…' })).toBeHidden();
  });

  test('comes back after a reload, with its log', async ({ lab }) => {
    const { name } = await launch(lab, lossScript(3, 0), 'restored');
    await ended(lab, name);
    await openJob(lab, name);
    await lab.reload();
    await expect(tab(lab).getByRole('heading', { name })).toBeVisible({ timeout: 20_000 });
    await expect(tab(lab).getByRole('log')).toContainText('step=2', { timeout: 20_000 });
  });

  test('leads from its data and model to S3', async ({ lab }) => {
    const { name } = await launch(lab, lossScript(1, 0), 'artifacts');
    await ended(lab, name);
    const job = await openJob(lab, name);
    await job.getByRole('tab', { name: 'Artifacts' }).click();
    await expect(job.getByText(/s3:\/\/.*model\.tar\.gz/)).toBeVisible();
    await job.getByRole('button', { name: 'Show Model in S3' }).click();
    await expect(
      lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-row', { hasText: 'model.tar.gz' })
    ).toBeVisible();
  });

  test('says what is not there', async ({ lab }) => {
    await lab.execute('smext:job-open', { training_job_name: 'no-such-job' });
    await expect(tab(lab).getByRole('alert')).toContainText('Not found');
  });

  test('is accessible in the light and in the dark', async ({ lab }) => {
    test.setTimeout(120_000);
    const { name } = await launch(lab, lossScript(3, 0), 'accessible');
    await ended(lab, name);
    const job = await openJob(lab, name);
    await expect(job.getByRole('log')).toContainText('step=2', { timeout: 20_000 });
    for (const theme of THEMES) {
      await lab.setTheme(theme);
      for (const part of ['Log', 'Metrics', 'Timeline', 'Parameters', 'Artifacts', 'JSON']) {
        await job.getByRole('tab', { name: part }).click();
        await lab.expectAccessible('.jp-smext-Job');
      }
    }
  });
});

test.describe('list of a large account', () => {
  /** As many finished jobs, given in pages of 100. */
  async function manyJobs(lab: Lab, count: number): Promise<string[]> {
    const asked: string[] = [];
    await lab.page.route(/api\/jobs\?/, async route => {
      const token = new URL(route.request().url()).searchParams.get('next_token');
      asked.push(token ?? 'first');
      const from = Number(token ?? 0);
      const jobs = Array.from({ length: Math.min(100, count - from) }, (_, index) => ({
        training_job_name: `fraud-detection-${String(from + index).padStart(5, '0')}`,
        training_job_status: index % 7 ? 'Completed' : 'Failed',
        secondary_status: null,
        creation_time: '2026-01-01T00:00:00Z',
        training_end_time: '2026-01-01T00:10:00Z',
        last_modified_time: null
      }));
      const next = from + 100 < count ? String(from + 100) : null;
      await route.fulfill({ json: { training_jobs: jobs, next_token: next } });
    });
    return asked;
  }

  test('scrolls through a thousand jobs without holding up the page', async ({ lab }) => {
    await manyJobs(lab, 1000);
    await lab.openPanel('training');
    await lab.onlySection('Training');
    const grid = lab.panel.getByRole('grid', { name: 'Training jobs' });
    await expect(rows(lab).first()).toContainText('00000');
    await grid.focus();
    await expect(async () => {
      await lab.page.keyboard.press('End');
      await expect(rows(lab).last()).toContainText('00999', { timeout: 1000 });
    }).toPass();
    expect(await rows(lab).count()).toBeLessThan(100);

    const { longest, frames } = await grid.evaluate(async element => {
      let longest = 0;
      const observer = new PerformanceObserver(list =>
        list.getEntries().forEach(entry => (longest = Math.max(longest, entry.duration)))
      );
      observer.observe({ entryTypes: ['longtask'] });
      let frames = 0;
      for (let top = 0; top < element.scrollHeight; top += 400) {
        element.scrollTop = top;
        await new Promise(requestAnimationFrame);
        frames += 1;
      }
      observer.takeRecords().forEach(entry => (longest = Math.max(longest, entry.duration)));
      observer.disconnect();
      return { longest, frames };
    });
    console.log(`1,000 jobs scrolled in ${frames} frames, longest task ${Math.round(longest)} ms`);
    expect(frames).toBeGreaterThan(40);
    expect(longest).toBeLessThan(250);
  });

  test('asks once for a page that fails, and again when told to', async ({ lab }) => {
    const asked = await manyJobs(lab, 200);
    let fails = true;
    await lab.page.route(/api\/jobs\?.*next_token=100/, route =>
      fails
        ? (asked.push('refused'),
          route.fulfill({
            status: 429,
            json: { code: 'Throttled', message: 'Rate exceeded', retryable: true }
          }))
        : route.fallback()
    );
    await lab.openPanel('training');
    await lab.onlySection('Training');
    const alert = lab.panel.locator('.jp-smext-Jobs').getByRole('alert');
    await expect(alert).toContainText('Rate exceeded');
    // The rows that are there stay usable.
    await expect(rows(lab).first()).toContainText('00000');
    expect(asked.filter(each => each === 'refused')).toHaveLength(1);
    fails = false;
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(alert).toBeHidden();
    await lab.panel.getByRole('grid', { name: 'Training jobs' }).focus();
    await lab.page.keyboard.press('End');
    await expect(rows(lab).last()).toContainText('00199');
  });
});

test('JupyterLab lists jobs in progress among what runs, and cannot stop them all', async ({
  lab
}) => {
  test.setTimeout(90_000);
  const { name } = await launch(lab, lossScript(200, 0.25), 'running');
  await lab.execute('running:show-panel');
  const running = lab.page.locator('#jp-running-sessions');
  await running.getByRole('button', { name: 'Refresh List' }).click();
  const section = running.locator('.jp-RunningSessions-section', { hasText: name });
  await expect(section).toBeVisible();
  await section.getByText(name).click();
  await expect(tab(lab).getByRole('heading', { name })).toBeVisible();

  await running.getByText('Show All').first().click();
  const dialog = lab.page.getByRole('dialog');
  await expect(dialog).toContainText('stops nothing');
  await dialog.getByRole('button', { name: 'Show All' }).click();
  await expect(lab.panel).toBeVisible();
  const job = await lab.api('POST', 'jobs/describe', { training_job_name: name });
  expect(job.training_job_status).toBe('InProgress');
  await lab.api('POST', 'jobs/stop', { training_job_name: name });
});
