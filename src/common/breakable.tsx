import * as React from 'react';

/** A name that breaks where a part of it ends, as those of an ARN, a URI or a hyperparameter do, not within a word. */
export function breakable(name: string): React.ReactNode {
  const parts = name.match(/[^:/_]+[:/_]*|[:/_]+/g) ?? [];
  return parts.flatMap((part, index) => (index === 0 ? [part] : [<wbr key={index} />, part]));
}
