import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatNumber, formatSize } from '../common/format';
import { Status } from '../common/status';
import type { ITransferResult } from './results';

/** How a transfer of many files ended. */
export function TransferReport(props: {
  result: ITransferResult;
  trans: TranslationBundle;
}): React.ReactElement {
  const { result, trans } = props;
  const words = [
    trans._n(
      '%2 file, %3',
      '%2 files, %3',
      result.files,
      formatNumber(result.files),
      formatSize(result.bytes)
    )
  ];
  if (result.deleted > 0) {
    words.push(trans.__('%1 deleted', formatNumber(result.deleted)));
  }
  if (result.skipped > 0) {
    words.push(trans.__('%1 left alone', formatNumber(result.skipped)));
  }
  if (result.failed > 0) {
    words.push(trans.__('%1 failed', formatNumber(result.failed)));
  }
  return (
    <div className="jp-smext-TransferReport" role="status">
      <p>
        <Status
          kind={result.failed > 0 ? 'bad' : 'good'}
          word={result.failed > 0 ? trans.__('Not all is done') : trans.__('Done')}
        />{' '}
        {words.join(' · ')}
      </p>
      {result.failures.length > 0 && (
        <ul>
          {result.failures.map(each => (
            <li key={each.name}>
              {each.name}: {each.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
