/** WebGPU without a library: stripes that run with the frame's time. */

const SHADER = `
struct Scene { tint: vec3f, time: f32 }
@group(0) @binding(0) var<uniform> scene: Scene;

@vertex fn vertex(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
    return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

@fragment fn fragment(@builtin(position) p: vec4f) -> @location(0) vec4f {
    let stripe = step(0.5, fract((p.x + p.y) / 32.0 - scene.time));
    return vec4f(mix(vec3f(p.x / 160.0, p.y / 120.0, 0.5), scene.tint, stripe), 1.0);
}`;

export async function start(canvas) {
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter.requestDevice();
    const context = canvas.getContext('webgpu');
    const format = navigator.gpu.getPreferredCanvasFormat();
    context.configure({ device, format });
    const module = device.createShaderModule({ code: SHADER });
    const pipeline = await device.createRenderPipelineAsync({
        layout: 'auto',
        vertex: { module },
        fragment: { module, targets: [{ format }] }
    });
    const uniform = device.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    const bindings = device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [{ binding: 0, resource: { buffer: uniform } }]
    });
    const tint = [Math.random(), Math.random(), Math.random()];
    const draw = (time) => {
        device.queue.writeBuffer(uniform, 0, Float32Array.of(...tint, time / 1000));
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginRenderPass({
            colorAttachments: [{ view: context.getCurrentTexture().createView(), loadOp: 'clear', storeOp: 'store' }]
        });
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindings);
        pass.draw(3);
        pass.end();
        device.queue.submit([encoder.finish()]);
        requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
}
