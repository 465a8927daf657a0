// Opens JupyterLab in Chromium, opens the panel, and prints as JSON what was seen: node panel.mjs URL SCREENSHOT
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../ui-tests/package.json', import.meta.url));
const { chromium } = require('@playwright/test');

const [url, screenshot] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu']
});
try {
  const page = await browser.newPage();
  const messages = [];
  page.on('console', message => {
    if (['warning', 'error'].includes(message.type())) {
      messages.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  page.on('pageerror', error => messages.push(`uncaught: ${error.message}`));
  await page.goto(`${url}lab`, { timeout: 120_000 });
  await page.waitForFunction(() => window.jupyterapp?.restored, undefined, { timeout: 120_000 });
  await page.evaluate(() => window.jupyterapp.restored);
  await page.evaluate(() =>
    window.jupyterapp.commands.execute('smext:open-panel', { section: 's3' }).then(() => undefined)
  );
  await page.locator('#jp-smext-panel').waitFor({ timeout: 60_000 });
  // The panel shows the account only after the server part has answered.
  await page.locator('#jp-smext-panel', { hasText: /\d{12}/ }).waitFor({ timeout: 60_000 });
  const lab = await page.evaluate(() => window.jupyterapp.version);
  const version = await page.evaluate(
    async address => (await (await fetch(`${address}jupyter-smext/api/handshake`)).json()).version,
    url
  );
  await page.screenshot({ path: screenshot });
  console.log(JSON.stringify({ jupyterlab: lab, version, messages }));
} finally {
  await browser.close();
}
