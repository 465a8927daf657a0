import { expect, test } from '@playwright/test';
import { workerServer } from '../globalSetup';
import { Lab } from '../lab';

const ROWS = 1_000_000;
const PAGE = 250_000;

/** Have the page itself answer listings of S3: a million rows would take most of a minute to come from a server. */
function answerListings([rows, size]: readonly [number, number]): void {
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
    const next = from + size < rows ? String(from + size) : null;
    return Response.json({
      bucket: 'big',
      prefix: '',
      prefixes: [],
      objects,
      continuation_token: next
    });
  };
}

test('a list of a million rows scrolls to its end', async ({ page }) => {
  const lab = new Lab(page, workerServer());
  await page.addInitScript(answerListings, [ROWS, PAGE] as const);
  await lab.load();
  await lab.settle();
  await lab.openPanel();
  await lab.onlySection('S3');
  await lab.execute('smext:s3-open', { uri: 's3://big/' });
  const grid = lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-grid');
  const footer = lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-footer');
  for (let loaded = PAGE; loaded < ROWS; loaded += PAGE) {
    await expect(footer).toContainText(`${loaded.toLocaleString('en')} loaded`);
    await grid.press('End');
  }
  await expect(footer).toContainText('1,000,000 rows');

  const { longest, frames } = await grid.evaluate(async list => {
    const seen: number[] = [];
    new PerformanceObserver(entries =>
      entries.getEntries().forEach(each => seen.push(each.duration))
    ).observe({ type: 'longtask' });
    let count = 0;
    for (let step = 0; step <= 100; step++) {
      list.scrollTop = (list.scrollHeight * step) / 100;
      await new Promise(requestAnimationFrame);
      count += 1;
    }
    await new Promise(done => setTimeout(done, 200));
    return { longest: Math.max(0, ...seen), frames: count };
  });
  test
    .info()
    .annotations.push({ type: 'longest task', description: `${longest} ms in ${frames} frames` });
  console.log(`longest task while scrolling a million rows: ${longest} ms in ${frames} frames`);

  await grid.press('End');
  await expect(lab.panel.getByRole('row', { selected: true })).toContainText('part-0999999.csv');
  await grid.press('Home');
  await expect(lab.panel.getByRole('row', { selected: true })).toContainText('part-0000000.csv');
  expect(await grid.getByRole('row').count()).toBeLessThan(100);
});
