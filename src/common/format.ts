/** How numbers, sizes and times are written, in the language that JupyterLab shows. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

function locale(): string | undefined {
  return document.documentElement.lang || undefined;
}

/** A number with its groups of digits apart. */
export function formatNumber(value: number, maximumFractionDigits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits }).format(value);
}

/** Four digits that count, or a dash for no value. */
export function formatValue(value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return '–';
  }
  return Number.isInteger(value) && Math.abs(value) < 1e6
    ? formatNumber(value)
    : String(Number(value.toPrecision(4)));
}

/** US dollars with so many digits after the point; what is less than that, but not nothing, says so. */
export function formatDollars(dollars: number, digits = 2): string {
  const format = new Intl.NumberFormat(locale(), {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits
  });
  const least = 10 ** -digits;
  return dollars > 0 && dollars < least ? `< ${format.format(least)}` : format.format(dollars);
}

/** A share from 0 to 1 as a percentage. */
export function formatPercent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent' }).format(share);
}

/** Bytes with a binary unit and three digits that count: `1.46 MiB`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const number = new Intl.NumberFormat(locale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits
  });
  return `${number.format(value)} ${UNITS[unit]}`;
}

/** Seconds in the two largest units that say something: `42 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [days, hours, minutes, rest] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60
  ];
  if (days > 0) {
    return `${formatNumber(days)} d ${hours} h`;
  }
  if (hours > 0) {
    return `${hours} h ${String(minutes).padStart(2, '0')} min`;
  }
  if (minutes > 0) {
    return `${minutes} min ${String(rest).padStart(2, '0')} s`;
  }
  return `${rest} s`;
}

/** A moment as date and time of day. Takes what the API gives: ISO 8601, or seconds since the epoch. */
export function formatTime(moment: string | number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(
    asDate(moment)
  );
}

/** A moment as seen from now: `5 minutes ago`. */
export function formatRelative(moment: string | number, now: number = Date.now()): string {
  const seconds = (asDate(moment).getTime() - now) / 1000;
  const size = Math.abs(seconds);
  const [unit, length]: [Intl.RelativeTimeFormatUnit, number] =
    size < 60
      ? ['second', 1]
      : size < 3600
        ? ['minute', 60]
        : size < 86400
          ? ['hour', 3600]
          : size < 86400 * 30
            ? ['day', 86400]
            : size < 86400 * 365
              ? ['month', 86400 * 30]
              : ['year', 86400 * 365];
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'short' }).format(
    Math.trunc(seconds / length),
    unit
  );
}

function asDate(moment: string | number): Date {
  return new Date(typeof moment === 'number' ? moment * 1000 : moment);
}
