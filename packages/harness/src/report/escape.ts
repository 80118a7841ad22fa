/**
 * Text on its way into HTML, SVG and XML. Everything a scenario, a page or a file name contributes goes through here; the
 * renderers build markup from nothing but their own literals and this function's output.
 */

const ENTITIES: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;'
};

/** Control characters, halves of surrogate pairs and two code points, all of which XML 1.0 forbids; tab and line ends stay. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

const replaceForbidden = (text: string): string =>
    text.replace(FORBIDDEN, (c) => ('\t\n\r'.includes(c) ? c : '\ufffd'));

/** Safe as element content and inside a quoted attribute, in HTML and XML alike. */
export function escapeText(text: string): string {
    return replaceForbidden(text).replace(/[&<>"']/g, (c) => ENTITIES[c] as string);
}

/** For a cell of a Markdown table or a list item: no markup, no line breaks, no HTML. */
export function escapeMarkdown(text: string): string {
    const oneLine = replaceForbidden(text).replace(/\s+/g, ' ');
    return oneLine.replace(/[\\`*_{}[\]()#+!|~@]/g, '\\$&').replace(/[&<>]/g, (c) => ENTITIES[c] as string);
}

/** Letters, digits and single hyphens, at most 60: an id, part of a file name. Never empty. */
export function slug(text: string): string {
    const plain = text.normalize('NFKD').toLowerCase();
    return (
        plain
            .replace(/[^a-z0-9]+/g, '-')
            .replace(/^-+|-+$/g, '')
            .slice(0, 60)
            .replace(/-+$/, '') || 'x'
    );
}

/** Four significant digits, thin groups of thousands, no trailing zeros; other values as they are. */
export function formatNumber(value: number): string {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '\u221e' : '\u2212\u221e';
    if (value === 0) return '0';
    const size = Math.abs(value);
    if (size < 1e-4 || size >= 1e9) return value.toExponential(2).replace('-', '\u2212').replace('e+', 'e');
    if (Number.isInteger(value) || size >= 1e5) return group(Math.round(value).toString());
    const digits = Math.max(0, 3 - Math.floor(Math.log10(size)));
    const text = value.toFixed(digits);
    return group(text.includes('.') ? text.replace(/\.?0+$/, '') : text);
}

function group(text: string): string {
    const [whole = '', fraction] = text.replace('-', '').split('.');
    const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') : whole;
    return (text.startsWith('-') ? '\u2212' : '') + grouped + (fraction === undefined ? '' : `.${fraction}`);
}

/** A figure's value with its unit. */
export function formatFigure(figure: { readonly value: number | string; readonly unit?: string }): string {
    const value = typeof figure.value === 'number' ? formatNumber(figure.value) : figure.value;
    return figure.unit === undefined || figure.unit === '' ? value : `${value}\u00a0${figure.unit}`;
}
