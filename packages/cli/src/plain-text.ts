/**
 * Text of scenarios and pages on its way to a terminal or a log of CI. No control character colours or moves anything, and no
 * line of it is a command to GitHub's runner, which takes every line for one that begins with `::`, after spaces, too.
 */

/** Below the first line, under what `mixreel test` says of a scenario. */
const INDENT = ' '.repeat(13);

/** The text, with every line after the first behind a bar. */
export function plainText(text: string): string {
    const [first = '', ...others] = text
        .split(/\r\n|[\r\n\u2028\u2029]/)
        .map((line) => line.replace(CONTROL, '\ufffd'));
    return [first.replace(/^(\s*)(?=::)/, '$1| '), ...others.map((line) => `${INDENT}| ${line}`)].join('\n');
}

const CONTROL = /(?!\t)\p{Cc}/gu;
