/** Vite's address of a worker that it has built as a file of its own. */
declare module '*?worker&url' {
    const url: string;
    export default url;
}
