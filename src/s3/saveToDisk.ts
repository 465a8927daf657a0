import { UUID } from '@lumino/coreutils';
import type { ApiClient } from '../api/client';
import { SmextError } from '../api/client';
import type { DownloadManyRequest, ErrorEnvelope, ObjectReference } from '../api/types';

/** How long a frame is kept, in milliseconds: nothing tells that a download has begun, only that it failed. */
const KEPT = 10 * 60_000;

/**
 * Have the browser save an object, or several as one zip archive, to disk: a stream that never passes through this
 * page's memory.
 *
 * `onFailed` is called where the server refuses.
 */
export function saveToDisk(
  api: ApiClient,
  source: ObjectReference | DownloadManyRequest,
  onFailed: (error: SmextError) => void
): void {
  const frame = document.createElement('iframe');
  frame.name = `jp-smext-download-${UUID.uuid4()}`;
  frame.hidden = true;
  document.body.append(frame);

  const form = document.createElement('form');
  form.method = 'post';
  form.action = api.url('key' in source ? 's3/object/download' : 's3/objects/download');
  form.target = frame.name;
  const fields: Record<string, string> = {
    // As one JSON field: browsers rewrite line breaks in form fields.
    request: JSON.stringify(source),
    _xsrf: xsrfCookie(),
    ...(api.serverSettings.token ? { token: api.serverSettings.token } : {})
  };
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    form.append(input);
  }
  // An attachment loads nothing into the frame; an error page does.
  frame.addEventListener('load', () => {
    const text = frame.contentDocument?.body?.textContent;
    if (text) {
      onFailed(asError(text));
      frame.remove();
    }
  });
  document.body.append(form);
  form.submit();
  form.remove();
  window.setTimeout(() => frame.remove(), KEPT);
}

function asError(text: string): SmextError {
  try {
    return new SmextError(JSON.parse(text) as ErrorEnvelope, 0);
  } catch {
    return SmextError.from(new Error(text));
  }
}

/** Where cookies of two paths have the same name, Tornado takes the last. */
function xsrfCookie(): string {
  const values = document.cookie
    .split(';')
    .map(each => each.trim())
    .filter(each => each.startsWith('_xsrf='));
  return values.length > 0 ? values[values.length - 1].slice('_xsrf='.length) : '';
}
