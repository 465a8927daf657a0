/** Commands of the IAM section; those with arguments open a tab filled in. */
export const CommandIDs = {
  explain: 'smext:iam-explain',
  policy: 'smext:iam-policy',
  preflight: 'smext:iam-preflight',
  refresh: 'smext:iam-refresh'
} as const;
