/**
 * The S3 list on the screen: how soon the first rows of a large prefix are there, and how smoothly a million rows scroll.
 *
 * `CHROMIUM=/usr/bin/chromium node benchmarks/s3_panel.mjs`, with the panel built and ui-tests installed, prints the
 * table that is kept in s3_panel.md. Chromium shows a real JupyterLab; the sandbox on this machine is its S3.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const UI_TESTS = new URL('../ui-tests/', import.meta.url);
const { chromium } = createRequire(new URL('package.json', UI_TESTS))('@playwright/test');

const KEYS = 10_000;
const RUNS = 9;
const ROWS = 1_000_000;
const PAGE = 250_000;
const FRAMES = 200;
const GRID = '#jp-smext-panel .jp-smext-S3 .jp-smext-Listing-grid';

const median = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const ms = value => `${value.toFixed(0)} ms`;

async function main() {
  const started = spawn(process.env.PYTHON || '.venv/bin/python', [new URL('start.py', UI_TESTS).pathname], {
    stdio: ['pipe', 'pipe', 'ignore']
  });
  const ended = new Promise(done => started.once('exit', done));
  try {
    const line = await new Promise((found, failed) => {
      createInterface(started.stdout).once('line', found);
      started.once('exit', code => failed(new Error(`start.py ended with exit code ${code}`)));
    });
    await measure(JSON.parse(line));
  } finally {
    started.kill('SIGTERM');
    await ended;
  }
}

async function measure(server) {
  const bucket = await fill(server);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu']
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const first = await firstRows(page, server, bucket);
  const scroll = await scrolling(page, server);
  const rows = [
    [`first rows of ${KEYS.toLocaleString('en')} keys, first time`, ms(first.times[0])],
    [`the same, warm: median of ${RUNS - 1}`, ms(median(first.times.slice(1)))],
    ['the same, warm: slowest', ms(Math.max(...first.times.slice(1)))],
    ['requests to our server until then', String(first.requests)],
    [`long tasks (over 50 ms) while ${ROWS.toLocaleString('en')} rows scroll`, String(scroll.tasks.length)],
    ['longest of them', scroll.tasks.length > 0 ? ms(Math.max(...scroll.tasks)) : 'none'],
    [`frame of the scroll: median of ${FRAMES}`, ms(median(scroll.frames))],
    ['frame of the scroll: slowest', ms(Math.max(...scroll.frames))]
  ];
  const load = loadavg()[0].toFixed(1);
  console.log(`Chromium ${browser.version()}, ${availableParallelism()} cores, load average ${load}\n`);
  console.log('| what | figure |\n|---|---|');
  rows.forEach(([what, figure]) => console.log(`| ${what} | ${figure} |`));
  await browser.close();
}

async function call(server, path, body) {
  const answer = await fetch(`${server.url}jupyter-smext/api/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `token ${server.token}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body)
  });
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
  return answer.json();
}

/** A bucket with many keys under `many/`; answers its name. */
async function fill(server) {
  const { name } = await call(server, 's3/buckets', { name: `panel-${Date.now()}` });
  const folder = join(server.root, name);
  mkdirSync(folder);
  for (let index = 0; index < KEYS; index++) {
    writeFileSync(join(folder, `part-${String(index).padStart(6, '0')}.csv`), '');
  }
  let task = await call(server, 's3/transfers/upload', { path: name, bucket: name, key: 'many/' });
  while (task.state === 'queued' || task.state === 'running') {
    await new Promise(done => setTimeout(done, 500));
    task = await call(server, `tasks/${task.id}`);
  }
  if (task.state !== 'succeeded' || task.result.files !== KEYS) {
    throw new Error(`The keys were not made: ${JSON.stringify(task)}`);
  }
  rmSync(folder, { recursive: true });
  return name;
}

async function open(page, server) {
  await page.goto(`${server.url}lab/workspaces/panel-${Date.now()}?token=${server.token}`);
  await page.waitForFunction(() => window.jupyterapp?.restored);
  await page.evaluate(() => window.jupyterapp.restored);
  await page.waitForFunction(() => document.activeElement?.closest('.jp-Launcher'));
  await page.evaluate(() => window.jupyterapp.commands.execute('smext:open-panel', { section: 's3' }));
  await page.locator(GRID).waitFor();
}

/** Milliseconds from the command to the frame that shows the first rows, run by run; and the requests of a run. */
async function firstRows(page, server, bucket) {
  await open(page, server);
  const times = [];
  let requests = 0;
  const count = request => (requests += request.url().includes('/api/s3/objects/list') ? 1 : 0);
  for (let run = 0; run < RUNS; run++) {
    await page.evaluate(() => window.jupyterapp.commands.execute('smext:s3-open', { uri: 's3://' }));
    await page.locator(`${GRID} .jp-smext-Listing-row[data-kind="bucket"]`).first().waitFor();
    requests = 0;
    page.on('request', count);
    times.push(
      await page.evaluate(
        async ([grid, uri]) => {
          const begun = performance.now();
          void window.jupyterapp.commands.execute('smext:s3-open', { uri });
          while (!document.querySelector(`${grid} .jp-smext-Listing-row[data-kind="object"]`)) {
            await new Promise(requestAnimationFrame);
          }
          // The next frame begins when this one is on the screen.
          await new Promise(requestAnimationFrame);
          return performance.now() - begun;
        },
        [GRID, `s3://${bucket}/many/`]
      )
    );
    page.off('request', count);
  }
  return { times, requests };
}

/** Milliseconds of each long task and of each frame while the list is scrolled from its beginning to its end. */
async function scrolling(page, server) {
  // The page itself answers: a million keys would take a minute to come from a server, and are not what is measured.
  await page.addInitScript(
    ([rows, size]) => {
      const { fetch } = window;
      window.fetch = async (input, init) => {
        const request = new Request(input, init);
        if (!request.url.includes('/api/s3/objects/list')) {
          return fetch(request);
        }
        const from = Number((await request.json()).continuation_token ?? 0);
        const objects = Array.from({ length: size }, (_, index) => ({
          key: `part-${String(from + index).padStart(7, '0')}.csv`,
          size: index,
          last_modified: '2026-01-01T00:00:00Z',
          storage_class: 'STANDARD',
          etag: null
        }));
        const token = from + size < rows ? String(from + size) : null;
        return Response.json({ bucket: 'big', prefix: '', prefixes: [], objects, continuation_token: token });
      };
    },
    [ROWS, PAGE]
  );
  await open(page, server);
  await page.evaluate(() => window.jupyterapp.commands.execute('smext:s3-open', { uri: 's3://big/' }));
  const footer = page.locator('#jp-smext-panel .jp-smext-S3 .jp-smext-Listing-footer');
  for (let loaded = PAGE; loaded < ROWS; loaded += PAGE) {
    await footer.filter({ hasText: `${loaded.toLocaleString('en')} loaded` }).waitFor();
    await page.locator(GRID).press('End');
  }
  await footer.filter({ hasText: `${ROWS.toLocaleString('en')} rows` }).waitFor();
  await page.waitForTimeout(1000);
  return page.locator(GRID).evaluate(async (list, count) => {
    const tasks = [];
    new PerformanceObserver(entries => entries.getEntries().forEach(each => tasks.push(each.duration))).observe({
      type: 'longtask'
    });
    const frames = [];
    let before = await new Promise(requestAnimationFrame);
    for (let step = 0; step <= count; step++) {
      list.scrollTop = (list.scrollHeight * step) / count;
      const now = await new Promise(requestAnimationFrame);
      frames.push(now - before);
      before = now;
    }
    await new Promise(done => setTimeout(done, 300));
    return { tasks, frames };
  }, FRAMES);
}

await main();
