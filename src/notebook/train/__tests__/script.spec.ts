import { scriptOf } from '../script';

describe('scriptOf', () => {
  it('writes cells one after the other', () => {
    const { text, leftOut } = scriptOf(['a = 1', '  ', 'b = 2\nc = 3\n'], 'a.ipynb');
    expect(text).toBe('# From cells of a.ipynb.\n\na = 1\n\nb = 2\nc = 3\n');
    expect(leftOut).toEqual([]);
  });

  it('makes comments of what no job understands, and says so', () => {
    const { text, leftOut } = scriptOf(['%matplotlib inline\nif x:\n    !ls', '%%bash\necho'], 'a');
    expect(text).toBe(
      '# From cells of a.\n\n# %matplotlib inline\nif x:\n    pass  # !ls\n\n# %%bash\n# echo\n'
    );
    expect(leftOut).toEqual(['%matplotlib inline', '!ls', '%%bash', 'echo']);
  });
});
