/** WebGL 2 without a library: a triangle that turns with performance.now, coloured by chance, recoloured by a timer. */

const VERTEX = `#version 300 es
uniform float angle;
out vec3 place;
void main() {
    float a = angle + float(gl_VertexID) * 2.0943951;
    place = vec3(gl_VertexID == 0, gl_VertexID == 1, gl_VertexID == 2);
    gl_Position = vec4(0.8 * cos(a), 0.8 * sin(a), 0.0, 1.0);
}`;
const FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 tint;
in vec3 place;
out vec4 color;
void main() {
    color = vec4(mix(place, tint, 0.5), 1.0);
}`;

export function start(canvas) {
    const gl = canvas.getContext('webgl2', { antialias: true });
    const program = gl.createProgram();
    for (const [type, source] of [
        [gl.VERTEX_SHADER, VERTEX],
        [gl.FRAGMENT_SHADER, FRAGMENT]
    ]) {
        const shader = gl.createShader(type);
        gl.shaderSource(shader, source);
        gl.compileShader(shader);
        gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    const background = Math.random() * 0.4;
    let tint = [Math.random(), Math.random(), Math.random()];
    setTimeout(() => {
        tint = tint.map(() => Math.random());
    }, 100);
    const draw = () => {
        gl.clearColor(background, background, background, 1);
        gl.clear(gl.COLOR_BUFFER_BIT);
        gl.uniform1f(gl.getUniformLocation(program, 'angle'), performance.now() / 1000);
        gl.uniform3fv(gl.getUniformLocation(program, 'tint'), tint);
        gl.drawArrays(gl.TRIANGLES, 0, 3);
        requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
}
