import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { TableContent } from '../../api/types';
import { formatNumber, formatSize } from '../../common/format';

/** As the data says it, in every language. */
const NULL = 'null';

export interface ITableViewProps {
  content: TableContent;
  /** Whether the first row is taken as names. */
  header: boolean | null;
  /** What text is split at; null where it is no delimited text. */
  delimiter: string | null;
  onHeader(header: boolean): void;
  onDelimiter(delimiter: string): void;
  trans: TranslationBundle;
  /** Buttons below the rows. */
  children?: React.ReactNode;
}

/** The first rows of a table, with the types of its columns. */
export function TableView(props: ITableViewProps): React.ReactElement {
  const { content, trans } = props;
  const { columns, rows } = content;
  return (
    <div className="jp-smext-Rows">
      <div className="jp-smext-Rows-bar">
        <span>{rowWords(content, trans)}</span>
        <span>{content.format}</span>
        {content.encoding && <span>{content.encoding}</span>}
        {props.delimiter !== null && <Reading {...props} current={props.delimiter} />}
      </div>
      {content.note && <p className="jp-smext-Preview-note">{content.note}</p>}
      <div
        className="jp-smext-Rows-scroll"
        tabIndex={0}
        role="region"
        aria-label={trans.__('Rows')}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="jp-smext-Hidden">{trans.__('Row')}</span>
              </th>
              {columns.map((column, index) => (
                <th key={index} scope="col" title={column.name}>
                  <span className="jp-smext-Rows-name">{column.name}</span>
                  <span className="jp-smext-Rows-type">{column.type}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, number) => (
              <tr key={number}>
                <th scope="row">{formatNumber(number + 1)}</th>
                {row.map((cell, index) => (
                  <Cell key={index} value={cell} isNumber={isNumber(columns[index].type)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {props.children}
      </div>
      <RowGroups content={content} trans={trans} />
    </div>
  );
}

/** Whether a format's name for a type means numbers, which stand right. */
function isNumber(type: string): boolean {
  return /^(u?int|integer|number|float|double|decimal|half)/i.test(type);
}

function Cell(props: {
  value: TableContent['rows'][number][number];
  isNumber: boolean;
}): React.ReactElement {
  const { value } = props;
  if (value === null) {
    return <td data-type="null">{NULL}</td>;
  }
  return (
    <td data-type={props.isNumber ? 'number' : typeof value} title={String(value)}>
      {String(value)}
    </td>
  );
}

/** How delimited text is read: what was found out can be corrected. */
function Reading(props: ITableViewProps & { current: string }): React.ReactElement {
  const { current, trans } = props;
  const delimiters: [string, string][] = [
    [',', trans.__('comma')],
    ['\t', trans.__('tab')],
    [';', trans.__('semicolon')],
    ['|', trans.__('bar')],
    [' ', trans.__('space')]
  ];
  if (!delimiters.some(([value]) => value === current)) {
    delimiters.push([current, current]);
  }
  return (
    <>
      <label>
        {trans.__('Delimiter')}
        <HTMLSelect value={current} onChange={event => props.onDelimiter(event.target.value)}>
          {delimiters.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </HTMLSelect>
      </label>
      <label>
        <input
          type="checkbox"
          checked={props.header ?? false}
          onChange={event => props.onHeader(event.target.checked)}
        />
        {trans.__('First row names the columns')}
      </label>
    </>
  );
}

function RowGroups(props: {
  content: TableContent;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { content, trans } = props;
  const { row_groups: groups, row_group_count: count } = content;
  if (!groups || groups.length === 0) {
    return null;
  }
  return (
    <details className="jp-smext-Rows-groups">
      <summary>
        {trans._n(
          '%2 row group',
          '%2 row groups',
          count ?? groups.length,
          formatNumber(count ?? groups.length)
        )}
      </summary>
      <ol>
        {groups.map((group, index) => (
          <li key={index}>
            {trans.__('%1 rows, %2', formatNumber(group.rows), formatSize(group.bytes))}
          </li>
        ))}
      </ol>
    </details>
  );
}

function rowWords(content: TableContent, trans: TranslationBundle): string {
  const shown = formatNumber(content.rows.length);
  if (content.total_rows !== null) {
    return trans.__('%1 of %2 rows', shown, formatNumber(content.total_rows));
  }
  return content.more
    ? trans.__('first %1 rows', shown)
    : trans._n('%2 row', '%2 rows', content.rows.length, shown);
}
