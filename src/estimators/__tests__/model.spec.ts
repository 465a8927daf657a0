import { type ISignal, Signal } from '@lumino/signaling';
import type { JSONSchema7 } from 'json-schema';
import { SmextError } from '../../api/client';
import type { ParseResult, PriceEstimate } from '../../api/types';
import { EstimatorModel, type ITextSource } from '../model';
import type { EstimatorsService } from '../service';
import { readSchema } from '../specSchema';

const SCHEMA: JSONSchema7 = {
  type: 'object',
  properties: {
    metadata: { type: 'object', properties: { base_job_name: { type: 'string' } } },
    spec: {
      type: 'object',
      properties: {
        compute: { type: 'object', properties: { instance_type: { type: 'string' } } },
        environment: { type: 'object', additionalProperties: { type: 'string' } }
      }
    }
  },
  required: ['metadata', 'spec']
};

/** A text as an open document holds it: it tells every change, also those that it was asked for. */
class Text implements ITextSource {
  constructor(public text: string) {}
  readonly replaced: string[] = [];
  private readonly _changed = new Signal<this, void>(this);

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  replace(text: string): void {
    this.replaced.push(text);
    this.write(text);
  }

  write(text: string): void {
    this.text = text;
    this._changed.emit();
  }
}

function modelOf(text: string, parse: (text: string) => ParseResult | SmextError = valid) {
  const source = new Text(text);
  const asked: string[] = [];
  const price = { usd_at_most: 1.5 } as PriceEstimate;
  const service = {
    price: async () => price,
    parse: async (given: string) => {
      asked.push(given);
      const answer = parse(given);
      if (answer instanceof SmextError) {
        throw answer;
      }
      return answer;
    }
  } as unknown as EstimatorsService;
  const model = new EstimatorModel({
    source,
    service,
    schema: readSchema(SCHEMA),
    checkDelay: 0
  });
  return { model, source, asked };
}

function valid(): ParseResult {
  return { spec: {}, resolved: {}, problems: [], origins: {} };
}

function checked(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 20));
}

describe('EstimatorModel', () => {
  it('writes an edit of the form once, and does not take its own echo for news', () => {
    const { model, source } = modelOf('metadata:\n  base_job_name: a # name\n');
    let changes = 0;
    model.changed.connect(() => changes++);
    model.set(['metadata', 'base_job_name'], 'b');
    expect(source.replaced).toEqual(['metadata:\n  base_job_name: b # name\n']);
    expect(changes).toBe(1);
  });

  it('shows what others write', () => {
    const { model, source } = modelOf('metadata: {}\n');
    source.write('metadata:\n  base_job_name: other\n');
    expect(model.spec.get(['metadata', 'base_job_name'])).toBe('other');
    expect(source.replaced).toEqual([]);
    source.write('metadata: [\n');
    expect(model.spec.values).toBeNull();
  });

  it('removes what is empty, but nothing that must be there', () => {
    const { model, source } = modelOf('metadata: {}\nspec:\n  environment:\n    A: b\n');
    model.remove(['spec', 'environment', 'A']);
    expect(source.text).toBe('metadata: {}\nspec: {}\n');
  });

  it('is valid only where the server has seen this very text and found nothing', async () => {
    const { model } = modelOf('spec: {}\n');
    expect(model.valid).toBe(false);
    await checked();
    expect(model.valid).toBe(true);
    expect(model.price?.usd_at_most).toBe(1.5);
    model.set(['spec', 'compute', 'instance_type'], 'ml.m5.large');
    expect(model.valid).toBe(false);
    // A price of another text would be a wrong one.
    expect(model.price).toBeNull();
    await checked();
    expect(model.valid).toBe(true);
  });

  it('asks once for edits that follow each other at once', async () => {
    const { model, source, asked } = modelOf('spec: {}\n');
    await checked();
    for (const name of ['p', 'pe', 'pen']) {
      model.set(['metadata', 'base_job_name'], name);
    }
    await checked();
    expect(asked).toEqual(['spec: {}\n', source.text]);
  });

  it('knows problems by their place, and says when it cannot ask', async () => {
    const problem = {
      path: 'spec.input_data_config[0].s3_uri',
      line: 3,
      column: 5,
      message: 'bad',
      suggestion: null
    };
    let answer: ParseResult | SmextError = {
      spec: {},
      resolved: {},
      problems: [problem],
      origins: {}
    };
    const { model } = modelOf('spec: {}\n', () => answer);
    await checked();
    expect(model.problemsAt(['spec', 'input_data_config', 0, 's3_uri'])).toEqual([problem]);
    expect(model.problemsAt(['spec', 'input_data_config'])).toEqual([]);

    answer = new SmextError({ code: 'Network', message: 'gone', retryable: true }, 0);
    await model.check();
    expect(model.error?.envelope.code).toBe('Network');
    expect(model.valid).toBe(false);
  });

  it('tells whose the values are that the text leaves open', async () => {
    const mine = {
      layer: 'user',
      source: '/home/me/defaults.yaml',
      value: 'ml.c5.xlarge'
    } as const;
    const sdk = { layer: 'sdk', source: 'config.yaml', value: '1' } as const;
    const { model } = modelOf('spec: {}\n', () => ({
      ...valid(),
      origins: { 'spec.compute.instance_type': mine, 'spec.environment.A': sdk }
    }));
    await checked();
    expect(model.originAt(['spec', 'compute', 'instance_type'])).toEqual(mine);
    expect(model.originAt(['spec', 'compute', 'instance_count'])).toBeNull();
    expect(model.originsBelow(['spec', 'environment'])).toEqual([['A', sdk]]);
    model.dispose();
  });

  it('adds channels under names that are free', () => {
    const { model, source } = modelOf('spec:\n  input_data_config: []\n');
    model.addChannel('s3://b/data/');
    model.addChannel('s3://b/more/');
    expect(source.text).toBe(
      'spec:\n  input_data_config:\n' +
        '    - channel_name: train\n      s3_uri: s3://b/data/\n' +
        '    - channel_name: validation\n      s3_uri: s3://b/more/\n'
    );
  });
});
