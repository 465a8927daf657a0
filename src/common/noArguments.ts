/** `describedBy` of a command that takes no arguments. */
export const noArguments = { args: { type: 'object', properties: {} } } as const;
