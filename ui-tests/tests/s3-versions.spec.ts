import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, type Lab, test } from '../s3Lab';

/** Do in S3 what the panel does not do: `code` is Python, with boto3's client as `s3`, and a bucket as `bucket`. */
function inS3(lab: Lab, bucket: string, code: string): void {
  const python = process.env.PYTHON || resolve(__dirname, '../../.venv/bin/python');
  const before = 'import boto3, sys\ns3, bucket = boto3.client("s3"), sys.argv[1]\n';
  execFileSync(python, ['-c', before + code, bucket], {
    env: { ...process.env, ...lab.server.sandbox.env }
  });
}

async function openObject(lab: Lab, uri: string, tab: string): Promise<Locator> {
  await lab.execute('smext:s3-open-selected', { uri });
  const view = lab.page.locator('.jp-smext-Object:visible');
  await view.getByRole('tab', { name: tab }).click();
  return view;
}

test.describe('what S3 keeps', () => {
  test('an older version is made the latest, and a deleted object comes back', async ({ lab }) => {
    const bucket = await lab.bucketWith({});
    inS3(
      lab,
      bucket,
      's3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})\n' +
        'for text in (b"first", b"second"):\n' +
        '    s3.put_object(Bucket=bucket, Key="x.txt", Body=text)'
    );
    const text = async (): Promise<string> =>
      (await lab.api('POST', 's3/object/text', { bucket, key: 'x.txt' })).text;
    const view = await openObject(lab, `s3://${bucket}/x.txt`, 'Versions');
    const rows = view.locator('.jp-smext-Versions .jp-smext-Listing-row');
    const button = (name: string): Locator => view.getByRole('button', { name, exact: true });
    await expect(rows).toHaveText([/latest/, /older/]);
    await rows.first().click();
    await expect(button('Make it the latest')).toBeDisabled();
    await rows.nth(1).click();
    await button('Make it the latest').click();
    await expect(rows).toHaveText([/latest/, /older/, /older/]);
    expect(await text()).toBe('first');

    await lab.execute('smext:s3-open', { uri: `s3://${bucket}/` });
    const listed = lab.panel.locator('.jp-smext-S3 .jp-smext-Listing-row');
    await expect(listed).toHaveCount(1);
    await lab.panel.getByRole('grid').focus();
    await lab.page.keyboard.press('Home');
    await lab.page.keyboard.press('Delete');
    const dialog = lab.page.getByRole('dialog');
    await expect(dialog).toContainText('Delete 1 object?');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(listed).toHaveCount(0);
    // Its tab still knows its versions.
    await view.getByRole('tab', { name: 'Preview' }).click();
    await view.getByRole('tab', { name: 'Versions' }).click();
    await expect(rows).toHaveText([/deleted/, /older/, /older/, /older/]);
    await rows.first().click();
    await expect(button('Download')).toBeDisabled();
    await button('Undelete…').click();
    await expect(dialog).toContainText('The delete marker goes');
    await dialog.getByRole('button', { name: 'Undelete' }).click();
    await expect(rows).toHaveText([/latest/, /older/, /older/]);
    expect(await text()).toBe('first');

    await rows.nth(1).click();
    await button('Delete for good…').click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(rows).toHaveText([/latest/, /older/]);
    await lab.expectAccessible('.jp-smext-Object');
  });

  test('a copy of an archived object is asked for, and its state is shown', async ({ lab }) => {
    const bucket = await lab.bucketWith({});
    inS3(
      lab,
      bucket,
      's3.put_object(Bucket=bucket, Key="old.csv", Body=b"a,b\\n1,2", StorageClass="GLACIER")'
    );
    const view = await openObject(lab, `s3://${bucket}/old.csv`, 'Details');
    const copy = view.locator('section', { hasText: 'Temporary copy' });
    await expect(copy).toContainText('archived: it can be read only after a copy was asked for');
    await copy.getByLabel('Speed').selectOption('Bulk: 5 to 12 hours, cheapest');
    await copy.getByLabel('Days to keep it').fill('2');
    await copy.getByRole('button', { name: 'Ask for a copy' }).click();
    await expect(copy).toContainText(/There until .*20\d\d/);
    await expect(copy.getByRole('button')).toHaveCount(0);
    await view.getByRole('tab', { name: 'Preview' }).click();
    await expect(view.getByRole('columnheader')).toContainText(['Row', 'a', 'b']);
  });

  test('uploads that came to no end are shown with what they hold, and aborted', async ({
    lab
  }) => {
    const bucket = await lab.bucketWith({ 'in/x.txt': 'x' });
    inS3(
      lab,
      bucket,
      'for key, parts in (("in/large.bin", 2), ("in/deep/forgotten.bin", 0), ("else.bin", 1)):\n' +
        '    begun = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]\n' +
        '    for number in range(parts):\n' +
        '        s3.upload_part(Bucket=bucket, Key=key, UploadId=begun, PartNumber=number + 1, Body=bytes(5 << 20))'
    );
    await lab.execute('smext:s3-usage', { uri: `s3://${bucket}/in/` });
    const section = lab.page.getByRole('region', { name: 'Unfinished uploads' });
    await expect(section).toContainText('2 uploads: 10.0 MiB, < $0.01 a month.');
    const rows = section.locator('tbody tr');
    await expect(rows).toHaveText([/^deep\/forgotten\.bin.*0 B/, /^large\.bin.*10\.0 MiB/]);
    await lab.expectAccessible('.jp-smext-Unfinished');

    const abort = section.getByRole('button', { name: 'Abort the upload to in/large.bin' });
    const abortQuiet = section.getByRole('button', { name: 'Abort All That Are Quiet for a Day…' });
    const dialog = lab.page.getByRole('dialog');
    await expect(abortQuiet).toBeDisabled();
    await abort.click();
    await expect(dialog).toContainText('Abort 1 unfinished upload?');
    await expect(dialog).toContainText(`10.0 MiB in bucket ${bucket}`);
    await expect(dialog).toContainText('got a part within the last day');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(rows).toHaveCount(2);
    await abort.click();
    await dialog.getByRole('button', { name: 'Abort' }).click();
    await expect(section).toContainText('1 upload aborted.');
    await expect(rows).toHaveText([/^deep\/forgotten\.bin/]);

    // Two days later.
    await lab.page.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() + 2 * 86_400_000;
    });
    await lab.page.getByRole('button', { name: 'Count again' }).click();
    await abortQuiet.click();
    await expect(dialog).toContainText('in/deep/forgotten.bin');
    await expect(dialog).not.toContainText('within the last day');
    await dialog.getByRole('button', { name: 'Abort' }).click();
    await expect(section).toContainText('There are none below this folder.');
    await lab.page.evaluate(() => {
      Date.now = () => performance.timeOrigin + performance.now();
    });
    const { uploads } = await lab.api('POST', 's3/unfinished', { bucket });
    expect(uploads.map((each: { key: string }) => each.key)).toEqual(['else.bin']);
  });
});

test.describe('PDF', () => {
  /** A page that would run a script where the viewer lets it, and that is a script as HTML. */
  const HOSTILE =
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n' +
    '2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n' +
    '<script>parent.ran = true; document.title = "ran"</script>\ntrailer<</Root 1 0 R>>\n%%EOF';

  /** Have the page believe that its browser has a viewer, or none: those that run tests differ. */
  async function viewer(lab: Lab, enabled: boolean): Promise<void> {
    await lab.page.evaluate(
      value => Object.defineProperty(navigator, 'pdfViewerEnabled', { value, configurable: true }),
      enabled
    );
  }

  test('goes to the viewer of the browser as PDF only, and not where it is too large', async ({
    lab
  }) => {
    const bucket = await lab.bucketWith({ 'paper.pdf': HOSTILE });
    await viewer(lab, true);
    const view = await openObject(lab, `s3://${bucket}/paper.pdf`, 'Preview');
    const embed = view.locator('embed');
    await expect(embed).toHaveAttribute('type', 'application/pdf');
    await expect(embed).toHaveAttribute('src', /^blob:/);
    const content = await embed.evaluate(async (each: HTMLEmbedElement) => {
      const answer = await fetch(each.src);
      return [answer.headers.get('Content-Type'), await answer.text()];
    });
    expect(content).toEqual(['application/pdf', HOSTILE]);
    expect(await lab.page.evaluate(() => 'ran' in window)).toBe(false);
    expect(await lab.page.title()).not.toBe('ran');

    inS3(
      lab,
      bucket,
      's3.put_object(Bucket=bucket, Key="book.pdf", Body=b"%PDF-1.4" + bytes(33 * 2**20))'
    );
    await lab.execute('smext:s3-open-selected', { uri: `s3://${bucket}/book.pdf` });
    await expect(view.getByRole('alert')).toContainText('too large to be shown here');
    await expect(embed).toBeHidden();
  });

  test('is drawn by a browser that has a viewer, and named by another', async ({ lab }) => {
    const paint = '1 0 0 rg 40 40 150 100 re f';
    const bucket = await lab.bucketWith({
      'red.pdf':
        '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n' +
        '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
        '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R>>endobj\n' +
        `4 0 obj<</Length ${paint.length}>>stream\n${paint}\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF`
    });
    // What the tests around this one have the page believe is a property of the object itself.
    const hasViewer = await lab.page.evaluate(() => {
      Reflect.deleteProperty(navigator, 'pdfViewerEnabled');
      return navigator.pdfViewerEnabled;
    });
    const view = await openObject(lab, `s3://${bucket}/red.pdf`, 'Preview');
    if (!hasViewer) {
      await expect(view).toContainText('This browser has no viewer for it: download it.');
      return;
    }
    await expect(view.locator('embed')).toBeVisible();
    const redPixels = async (): Promise<number> => {
      const image = (await view.locator('embed').screenshot()).toString('base64');
      return lab.page.evaluate(async png => {
        const bitmap = await createImageBitmap(
          new Blob([Uint8Array.from(atob(png), each => each.charCodeAt(0))])
        );
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
        canvas.drawImage(bitmap, 0, 0);
        const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
        let count = 0;
        for (let at = 0; at < data.length; at += 4) {
          count += data[at] > 240 && data[at + 1] < 15 && data[at + 2] < 15 ? 1 : 0;
        }
        return count;
      }, image);
    };
    await expect.poll(redPixels, { timeout: 20_000 }).toBeGreaterThan(1000);
  });

  test('is named where the browser has no viewer', async ({ lab }) => {
    const bucket = await lab.bucketWith({ 'paper.pdf': HOSTILE });
    await viewer(lab, false);
    const view = await openObject(lab, `s3://${bucket}/paper.pdf`, 'Preview');
    await expect(view).toContainText('A PDF document.');
    await expect(view).toContainText('This browser has no viewer for it: download it.');
    await expect(view.locator('embed')).toHaveCount(0);
  });
});
