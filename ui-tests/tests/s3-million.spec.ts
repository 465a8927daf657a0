import { expect, test } from '../lab';

const ROWS = 1_000_000;
const PAGE = 50_000;

test('a list of a million rows scrolls to its end', async ({ lab }) => {
  test.setTimeout(120_000);
  await lab.page.route('**/api/s3/objects/list?*', async route => {
    const { continuation_token: token } = route.request().postDataJSON();
    const from = Number(token ?? 0);
    const objects = Array.from({ length: PAGE }, (_, index) => ({
      key: `part-${String(from + index).padStart(7, '0')}.csv`,
      size: index,
      last_modified: '2026-01-01T00:00:00Z',
      storage_class: 'STANDARD',
      etag: null
    }));
    const next = from + PAGE < ROWS ? String(from + PAGE) : null;
    await route.fulfill({
      json: { bucket: 'big', prefix: '', prefixes: [], objects, continuation_token: next }
    });
  });
  await lab.openPanel();
  await lab.onlySection('S3');
  await lab.execute('smext:s3-open', { uri: 's3://big/' });
  const grid = lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-grid');
  const footer = lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-footer');
  await expect(footer).toContainText('50,000 loaded');
  for (let loaded = PAGE; loaded < ROWS; loaded += PAGE) {
    await grid.press('End');
    await expect(footer).not.toContainText(`${loaded.toLocaleString('en')} loaded`, {
      timeout: 20_000
    });
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
