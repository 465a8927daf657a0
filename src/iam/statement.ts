import type { PolicyDocument } from './service';

/** A policy that allows one action on one resource. */
export function allowOne(action: string, resource: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: [action], Resource: [resource] }]
  };
}

/** The bucket of an S3 ARN; null for anything else. */
export function bucketOf(resource: string | null | undefined): string | null {
  return /^arn:[\w-]+:s3:::([^/*]+)/.exec(resource ?? '')?.[1] ?? null;
}

/** A policy document as it is pasted into the console of AWS. */
export function asText(document: unknown): string {
  return JSON.stringify(document, null, 2);
}

/** The statements of a policy document, which may hold a single one without a list. */
export function statementsOf(document: PolicyDocument): Record<string, unknown>[] {
  const { Statement } = document;
  const statements: unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  return statements.filter(
    (each): each is Record<string, unknown> => typeof each === 'object' && each !== null
  );
}
