import type { ITarget } from './target';
import { isObject, targetUri } from './target';

/** A way to use something in S3 from Python. */
export interface ISnippet {
  readonly id: string;
  /** The library, by its own name. */
  readonly library: string;
  readonly code: string;
}

/** Code that reads a target, for every library that can. The names are those of the libraries' own documentation. */
export function snippetsFor(target: ITarget): ISnippet[] {
  const uri = quoted(targetUri(target));
  const format = formatOf(target);
  return [
    ...tables(uri, format),
    ...(isObject(target) ? openers(target, uri) : listers(target, uri)),
    ...channels(uri)
  ];
}

type Format = 'csv' | 'tsv' | 'json' | 'jsonl' | 'parquet' | 'other';

function formatOf(target: ITarget): Format {
  const name = target.name.toLowerCase().replace(/\.(gz|gzip)$/, '');
  const extension = name.slice(name.lastIndexOf('.') + 1);
  switch (extension) {
    case 'csv':
    case 'tsv':
    case 'json':
    case 'parquet':
      return extension;
    case 'jsonl':
    case 'ndjson':
      return 'jsonl';
    default:
      return isObject(target) ? 'other' : 'parquet';
  }
}

function tables(uri: string, format: Format): ISnippet[] {
  const pandas: Record<Format, string | null> = {
    csv: `pd.read_csv(${uri})`,
    tsv: `pd.read_csv(${uri}, sep="\\t")`,
    json: `pd.read_json(${uri})`,
    jsonl: `pd.read_json(${uri}, lines=True)`,
    parquet: `pd.read_parquet(${uri})`,
    other: null
  };
  const polars: Record<Format, string | null> = {
    csv: `pl.scan_csv(${uri}).collect()`,
    tsv: `pl.scan_csv(${uri}, separator="\\t").collect()`,
    json: null,
    jsonl: `pl.scan_ndjson(${uri}).collect()`,
    parquet: `pl.scan_parquet(${uri}).collect()`,
    other: null
  };
  const arrow: Record<Format, string | null> = {
    csv: 'csv',
    tsv: null,
    json: null,
    jsonl: 'json',
    parquet: 'parquet',
    other: null
  };
  return [
    ...(pandas[format]
      ? [{ id: 'pandas', library: 'pandas', code: `import pandas as pd\n\ndf = ${pandas[format]}` }]
      : []),
    ...(polars[format]
      ? [{ id: 'polars', library: 'polars', code: `import polars as pl\n\ndf = ${polars[format]}` }]
      : []),
    ...(arrow[format]
      ? [
          {
            id: 'pyarrow',
            library: 'pyarrow',
            code: `import pyarrow.dataset as ds\n\ndataset = ds.dataset(${uri}, format="${arrow[format]}")\ntable = dataset.head(1000)`
          }
        ]
      : [])
  ];
}

function openers(target: ITarget, uri: string): ISnippet[] {
  return [
    {
      id: 's3fs',
      library: 's3fs',
      code: `import s3fs\n\nfs = s3fs.S3FileSystem()\nwith fs.open(${uri}, "rb") as file:\n    data = file.read()`
    },
    {
      id: 'boto3',
      library: 'boto3',
      code: `import boto3\n\ns3 = boto3.client("s3")\nbody = s3.get_object(Bucket=${quoted(target.bucket)}, Key=${quoted(target.key)})["Body"]\ndata = body.read()`
    }
  ];
}

function listers(target: ITarget, uri: string): ISnippet[] {
  return [
    {
      id: 's3fs',
      library: 's3fs',
      code: `import s3fs\n\nfs = s3fs.S3FileSystem()\npaths = fs.ls(${uri})`
    },
    {
      id: 'boto3',
      library: 'boto3',
      code: `import boto3\n\npages = boto3.client("s3").get_paginator("list_objects_v2").paginate(\n    Bucket=${quoted(target.bucket)}, Prefix=${quoted(target.key)}\n)\nkeys = [item["Key"] for page in pages for item in page.get("Contents", [])]`
    }
  ];
}

function channels(uri: string): ISnippet[] {
  return [
    {
      id: 'sagemaker-v3',
      library: 'SageMaker SDK v3',
      code: `from sagemaker.train.configs import InputData\n\ntraining_data = InputData(channel_name="training", data_source=${uri})`
    },
    {
      id: 'sagemaker-v2',
      library: 'SageMaker SDK v2',
      code: `from sagemaker.inputs import TrainingInput\n\ninputs = {"training": TrainingInput(s3_data=${uri})}`
    }
  ];
}

/** A Python string literal. JSON's escapes are Python's too, but for characters beyond the basic plane, left as they are. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
