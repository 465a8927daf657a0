import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ObjectReference, Preview } from '../../api/types';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import { formatNumber, formatSize } from '../../common/format';
import { LoadingView } from '../../common/stateView';
import { useLoaded } from '../../common/useLoaded';
import type { IPreviewOptions, ObjectService } from './service';
import { TableView } from './tableView';

const FIRST_ROWS = 100;
const MOST_ROWS = 1000;
/** `format` of a PDF document. */
const PDF = 'pdf';

export interface IPreviewViewProps {
  object: ObjectReference;
  /** Of an archive: look into this member of it. */
  member: string | null;
  service: ObjectService;
  /** Shows the members of an archive. */
  archive(): React.ReactNode;
  trans: TranslationBundle;
}

/** The first of what is in an object, without downloading it. */
export function PreviewView(props: IPreviewViewProps): React.ReactElement {
  const { object, member, service, trans } = props;
  const [options, setOptions] = React.useState<IPreviewOptions>({
    rows: FIRST_ROWS,
    delimiter: null,
    header: null,
    encoding: null
  });
  const load = React.useCallback(
    () => service.preview(object, member, options),
    [service, object, member, options]
  );
  const { value: preview, error, loading, reload } = useLoaded(load);

  if (error) {
    return <ErrorView error={error} onRetry={reload} trans={trans} />;
  }
  if (!preview) {
    return <LoadingView trans={trans} />;
  }
  return (
    <div className="jp-smext-Preview" aria-busy={loading}>
      <Content
        {...props}
        preview={preview}
        options={options}
        onChange={change => setOptions({ ...options, ...change })}
      />
      {preview.requests !== null && preview.bytes_read !== null && (
        <div className="jp-smext-Preview-footer">
          {trans._n(
            'Read %3 of %4 in %2 request',
            'Read %3 of %4 in %2 requests',
            preview.requests,
            formatNumber(preview.requests),
            formatSize(preview.bytes_read),
            formatSize(preview.size)
          )}
        </div>
      )}
    </div>
  );
}

function Content(
  props: IPreviewViewProps & {
    preview: Preview;
    options: IPreviewOptions;
    onChange(change: Partial<IPreviewOptions>): void;
  }
): React.ReactElement {
  const { preview, options, onChange, trans } = props;
  const { content } = preview;
  switch (content.kind) {
    case 'table':
      return (
        <TableView
          content={content}
          header={options.header ?? content.header}
          delimiter={options.delimiter ?? content.delimiter}
          onHeader={header => onChange({ header })}
          onDelimiter={delimiter => onChange({ delimiter })}
          trans={trans}
        >
          {content.more && options.rows < MOST_ROWS && (
            <Button
              label={trans.__('Show up to %1 rows', formatNumber(MOST_ROWS))}
              onClick={() => onChange({ rows: MOST_ROWS })}
            />
          )}
        </TableView>
      );
    case 'text':
      return (
        <>
          <pre className="jp-smext-Preview-text" tabIndex={0}>
            {content.text}
          </pre>
          {content.more && (
            <p className="jp-smext-Preview-note">
              {trans.__('This is the beginning; there is more.')}
            </p>
          )}
        </>
      );
    case 'image':
      return props.member === null ? (
        <WholeView {...props} mediaType={content.media_type}>
          {url => (
            <div className="jp-smext-Preview-image">
              <img src={url} alt={props.object.key} />
            </div>
          )}
        </WholeView>
      ) : (
        <p className="jp-smext-Preview-note">
          {trans.__(
            'An image of type %1. Take it out of the archive to see it.',
            content.media_type
          )}
        </p>
      );
    case 'notebook':
      return (
        <ol className="jp-smext-Preview-cells">
          {content.cells.map((cell, index) => (
            <li key={index} data-type={cell.type}>
              <pre tabIndex={0}>{cell.source}</pre>
            </li>
          ))}
        </ol>
      );
    case 'other':
      if (content.archive && props.member === null) {
        return <>{props.archive()}</>;
      }
      if (content.format === PDF && props.member === null && navigator.pdfViewerEnabled) {
        return (
          // The type is ours: whatever the bytes are, the browser gives them to its PDF viewer, or to nobody.
          <WholeView {...props} mediaType="application/pdf">
            {url => (
              <embed
                className="jp-smext-Preview-pdf"
                type="application/pdf"
                src={url}
                title={props.object.key}
              />
            )}
          </WholeView>
        );
      }
      return (
        <>
          <p className="jp-smext-Preview-note">
            {content.message}{' '}
            {content.format === PDF &&
              props.member === null &&
              trans.__('This browser has no viewer for it: download it.')}
          </p>
          {content.hexadecimal && (
            <pre className="jp-smext-Preview-text" tabIndex={0}>
              {inHex(content.hexadecimal)}
            </pre>
          )}
        </>
      );
  }
}

/** What only the browser can show, and only as a whole. `children` gets an address that is good as long as it is shown. */
function WholeView(
  props: IPreviewViewProps & {
    preview: Preview;
    mediaType: string;
    children(url: string): React.ReactNode;
  }
): React.ReactElement {
  const { object, service, preview, mediaType, trans } = props;
  const load = React.useCallback(
    () => service.whole(object, preview.size, mediaType),
    [service, object, preview.size, mediaType]
  );
  const { value: bytes, error, reload } = useLoaded(load);
  const [url, setUrl] = React.useState('');
  React.useEffect(() => {
    const made = bytes ? URL.createObjectURL(bytes) : '';
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);

  if (error) {
    return <ErrorView error={error} onRetry={reload} trans={trans} />;
  }
  return url ? <>{props.children(url)}</> : <LoadingView trans={trans} />;
}

/** Sixteen bytes a line, with their place in front. */
function inHex(digits: string): string {
  const lines = digits.replace(/\s/g, '').match(/.{1,32}/g) ?? [];
  return lines
    .map((line, index) => {
      const place = (index * 16).toString(16).padStart(8, '0');
      return `${place}  ${(line.match(/../g) ?? []).join(' ')}`;
    })
    .join('\n');
}
