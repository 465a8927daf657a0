import { formatDollars, formatDuration, formatRelative, formatSize } from '../format';

it.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1024, '1.00 KiB'],
  [1536 * 1024, '1.50 MiB'],
  [15.25 * 1024 ** 3, '15.3 GiB'],
  [6 * 1024 ** 5, '6.00 PiB'],
  [4000 * 1024 ** 5, '4,000 PiB']
])('writes %d bytes as %s', (bytes, expected) => expect(formatSize(bytes)).toBe(expected));

it.each([
  [0.4, '0 s'],
  [59.6, '1 min 00 s'],
  [3600, '1 h 00 min'],
  [90_061, '1 d 1 h']
])('writes %d seconds as %s', (seconds, expected) =>
  expect(formatDuration(seconds)).toBe(expected)
);

it('tells times as seen from now, whether ISO 8601 or seconds', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  expect(formatRelative('2026-01-01T23:55:00Z', now)).toBe('5 min. ago');
  expect(formatRelative(now / 1000 - 7200, now)).toBe('2 hr. ago');
});

it('never shows a small cost as none', () => {
  expect(formatDollars(0)).toBe('$0.00');
  expect(formatDollars(0.004)).toBe('< $0.01');
  expect(formatDollars(0.023, 4)).toBe('$0.0230');
  expect(formatDollars(1234.5)).toBe('$1,234.50');
});
