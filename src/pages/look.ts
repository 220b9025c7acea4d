/**
 * The colours and letters of charts and pages. Blue, teal, vermilion and ochre stay apart for people who do not see
 * red and green, or blue and yellow, as others do (test/pages/colours.test.ts), and no meaning rests on colour alone.
 */
import type { Look } from '../app/reports/report.ts';

type Scheme = Readonly<Record<Look | 'ink' | 'muted' | 'grid' | 'card' | 'page', string>>;

/** Each colour of a mark stands out from the card by 3 to 1 at least, letters by 4.5 to 1. */
export const light: Scheme = {
  page: '#f3f5f8',
  card: '#ffffff',
  ink: '#16202c',
  muted: '#55616f',
  grid: '#e3e7ec',
  plain: '#5b93cf',
  deep: '#173f75',
  good: '#007763',
  bad: '#b54607',
  warning: '#8f6a00',
  faint: '#3f4a58',
  pale: '#8591a0',
};

export const dark: Scheme = {
  page: '#0f1318',
  card: '#191f27',
  ink: '#e9edf2',
  muted: '#a5b0bd',
  grid: '#2c3540',
  plain: '#4a86c8',
  deep: '#b4d6fb',
  good: '#2fb89d',
  bad: '#f08a4b',
  warning: '#dcb13c',
  faint: '#d3dae2',
  pale: '#6c7886',
};

const variables = (scheme: Scheme): string =>
  Object.entries(scheme)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

/** What charts and pages begin their styles with. On paper it is light. */
export const schemes = `:root{color-scheme:light dark;${variables(light)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(dark)}}}
`;

const looks: readonly Look[] = ['plain', 'deep', 'good', 'bad', 'warning', 'faint', 'pale'];

export const chartStyle = `svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}
svg .small{font-size:11px;fill:var(--muted)}
svg .strong{font-weight:600}
svg .end{text-anchor:end}
svg .middle{text-anchor:middle}
svg .grid{stroke:var(--grid);stroke-width:1}
svg .axis{stroke:var(--muted);stroke-width:1}
svg .ground{fill:var(--card)}
svg .track{fill:var(--grid);opacity:.5}
${looks.map(look => `svg .${look}{fill:var(--${look})}svg .line-${look}{stroke:var(--${look});stroke-width:2;fill:none}`).join('\n')}
`;
