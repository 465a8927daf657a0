import * as React from 'react';

/** The name of JupyterLab's theme; a canvas has to be drawn anew when it changes. */
export function useTheme(): string {
  const [theme, setTheme] = React.useState(document.body.dataset.jpThemeName ?? '');
  React.useEffect(() => {
    const observer = new MutationObserver(() => setTheme(document.body.dataset.jpThemeName ?? ''));
    observer.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-name'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}
