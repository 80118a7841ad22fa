;; The generator's four operations on planar float32 maps, in WebAssembly with SIMD. Every sum is rounded to float32 after each product and each addition,
;; in an order that depends only on the layer (WebAssembly has no fused multiply-add outside relaxed SIMD, which is not used), so every engine computes
;; the same bits.
;;
;; A map's channel is rows of float32 with a stride of the width rounded up to 8, and 4 zeros; one row of zeros lies between channels. What is right of the
;; width stays 0. All addresses, strides and planes are in bytes, widths and heights in samples (see kernel-memory.ts).
(module
  (memory (export "memory") 1)

  ;; output = leaky(bias + start + sum over taps of weight * input at offset), 4 channels x 8 samples at once: 8 sums, 2 inputs and a weight fit the 16
  ;; registers of x86-64. A tap is an offset in bytes from a sample, so kernels of any side are one loop. Weights lie as [group of 4 outputs][tap][4].
  ;; start: a map to begin the sums with (it may be the output), or 0. slope: what negative results are multiplied by, 1 to leave them.
  (func (export "convolve")
    (param $output i32) (param $start i32) (param $input i32) (param $weights i32) (param $biases i32) (param $offsets i32) (param $taps i32)
    (param $groups i32) (param $width i32) (param $height i32) (param $stride i32) (param $plane i32) (param $slope f32)
    (local $slopes v128) (local $y i32) (local $x i32) (local $row i32) (local $pixel i32) (local $at i32) (local $tap i32) (local $tapEnd i32)
    (local $weight i32) (local $to i32) (local $base i32) (local $p v128) (local $q v128) (local $w v128)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128) (local $b0 v128) (local $b1 v128) (local $b2 v128) (local $b3 v128)
    (local.set $slopes (f32x4.splat (local.get $slope)))
    (local.set $width (i32.shl (local.get $width) (i32.const 2)))
    (local.set $tapEnd (i32.add (local.get $offsets) (i32.shl (local.get $taps) (i32.const 2))))
    (loop $group
      (local.set $y (i32.const 0))
      (local.set $row (i32.const 0))
      (loop $rows
        (local.set $x (i32.const 0))
        (loop $columns
          (local.set $pixel (i32.add (local.get $row) (local.get $x)))
          (local.set $b0 (local.tee $a0 (v128.load32_splat (local.get $biases))))
          (local.set $b1 (local.tee $a1 (v128.load32_splat offset=4 (local.get $biases))))
          (local.set $b2 (local.tee $a2 (v128.load32_splat offset=8 (local.get $biases))))
          (local.set $b3 (local.tee $a3 (v128.load32_splat offset=12 (local.get $biases))))
          (if (local.get $start) (then
            (local.set $at (i32.add (local.get $start) (local.get $pixel)))
            (local.set $a0 (f32x4.add (local.get $a0) (v128.load (local.get $at))))
            (local.set $b0 (f32x4.add (local.get $b0) (v128.load offset=16 (local.get $at))))
            (local.set $at (i32.add (local.get $at) (local.get $plane)))
            (local.set $a1 (f32x4.add (local.get $a1) (v128.load (local.get $at))))
            (local.set $b1 (f32x4.add (local.get $b1) (v128.load offset=16 (local.get $at))))
            (local.set $at (i32.add (local.get $at) (local.get $plane)))
            (local.set $a2 (f32x4.add (local.get $a2) (v128.load (local.get $at))))
            (local.set $b2 (f32x4.add (local.get $b2) (v128.load offset=16 (local.get $at))))
            (local.set $at (i32.add (local.get $at) (local.get $plane)))
            (local.set $a3 (f32x4.add (local.get $a3) (v128.load (local.get $at))))
            (local.set $b3 (f32x4.add (local.get $b3) (v128.load offset=16 (local.get $at))))))
          (local.set $tap (local.get $offsets))
          (local.set $base (i32.add (local.get $input) (local.get $pixel)))
          (local.set $weight (local.get $weights))
          (loop $sum
            (local.set $at (i32.add (local.get $base) (i32.load (local.get $tap))))
            (local.set $p (v128.load (local.get $at)))
            (local.set $q (v128.load offset=16 (local.get $at)))
            (local.set $w (v128.load32_splat (local.get $weight)))
            (local.set $a0 (f32x4.add (local.get $a0) (f32x4.mul (local.get $p) (local.get $w))))
            (local.set $b0 (f32x4.add (local.get $b0) (f32x4.mul (local.get $q) (local.get $w))))
            (local.set $w (v128.load32_splat offset=4 (local.get $weight)))
            (local.set $a1 (f32x4.add (local.get $a1) (f32x4.mul (local.get $p) (local.get $w))))
            (local.set $b1 (f32x4.add (local.get $b1) (f32x4.mul (local.get $q) (local.get $w))))
            (local.set $w (v128.load32_splat offset=8 (local.get $weight)))
            (local.set $a2 (f32x4.add (local.get $a2) (f32x4.mul (local.get $p) (local.get $w))))
            (local.set $b2 (f32x4.add (local.get $b2) (f32x4.mul (local.get $q) (local.get $w))))
            (local.set $w (v128.load32_splat offset=12 (local.get $weight)))
            (local.set $a3 (f32x4.add (local.get $a3) (f32x4.mul (local.get $p) (local.get $w))))
            (local.set $b3 (f32x4.add (local.get $b3) (f32x4.mul (local.get $q) (local.get $w))))
            (local.set $weight (i32.add (local.get $weight) (i32.const 16)))
            (br_if $sum (i32.lt_u (local.tee $tap (i32.add (local.get $tap) (i32.const 4))) (local.get $tapEnd))))
          (local.set $to (i32.add (local.get $output) (local.get $pixel)))
          (v128.store (local.get $to) (f32x4.max (local.get $a0) (f32x4.mul (local.get $a0) (local.get $slopes))))
          (v128.store offset=16 (local.get $to) (f32x4.max (local.get $b0) (f32x4.mul (local.get $b0) (local.get $slopes))))
          (local.set $to (i32.add (local.get $to) (local.get $plane)))
          (v128.store (local.get $to) (f32x4.max (local.get $a1) (f32x4.mul (local.get $a1) (local.get $slopes))))
          (v128.store offset=16 (local.get $to) (f32x4.max (local.get $b1) (f32x4.mul (local.get $b1) (local.get $slopes))))
          (local.set $to (i32.add (local.get $to) (local.get $plane)))
          (v128.store (local.get $to) (f32x4.max (local.get $a2) (f32x4.mul (local.get $a2) (local.get $slopes))))
          (v128.store offset=16 (local.get $to) (f32x4.max (local.get $b2) (f32x4.mul (local.get $b2) (local.get $slopes))))
          (local.set $to (i32.add (local.get $to) (local.get $plane)))
          (v128.store (local.get $to) (f32x4.max (local.get $a3) (f32x4.mul (local.get $a3) (local.get $slopes))))
          (v128.store offset=16 (local.get $to) (f32x4.max (local.get $b3) (f32x4.mul (local.get $b3) (local.get $slopes))))
          (br_if $columns (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 32))) (local.get $width))))
        ;; What was computed right of the width goes back to 0.
        (block $cleared
          (loop $clear
            (br_if $cleared (i32.le_u (local.get $x) (local.get $width)))
            (local.set $x (i32.sub (local.get $x) (i32.const 4)))
            (local.set $to (i32.add (i32.add (local.get $output) (local.get $row)) (local.get $x)))
            (f32.store (local.get $to) (f32.const 0))
            (f32.store (local.tee $to (i32.add (local.get $to) (local.get $plane))) (f32.const 0))
            (f32.store (local.tee $to (i32.add (local.get $to) (local.get $plane))) (f32.const 0))
            (f32.store (local.tee $to (i32.add (local.get $to) (local.get $plane))) (f32.const 0))
            (br $clear)))
        (local.set $row (i32.add (local.get $row) (local.get $stride)))
        (br_if $rows (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $height))))
      (local.set $output (i32.add (local.get $output) (i32.shl (local.get $plane) (i32.const 2))))
      (if (local.get $start) (then
        (local.set $start (i32.add (local.get $start) (i32.shl (local.get $plane) (i32.const 2))))))
      (local.set $weights (i32.add (local.get $weights) (i32.shl (local.get $taps) (i32.const 4))))
      (local.set $biases (i32.add (local.get $biases) (i32.const 16)))
      (br_if $group (local.tee $groups (i32.sub (local.get $groups) (i32.const 1))))))

  ;; deep[4 c + 2 v + u] = sample (u, v) of each 2 x 2 square of fine[c]. Width and height are those of deep.
  (func (export "gather")
    (param $deep i32) (param $fine i32) (param $channels i32) (param $width i32) (param $height i32)
    (param $deepStride i32) (param $deepPlane i32) (param $fineStride i32) (param $finePlane i32)
    (local $v i32) (local $y i32) (local $x i32) (local $from i32) (local $to i32) (local $p v128) (local $q v128)
    (loop $channel
      (local.set $v (i32.const 0))
      (loop $half
        (local.set $y (i32.const 0))
        (loop $rows
          (local.set $from (i32.add (local.get $fine) (i32.mul (local.get $fineStride) (i32.add (i32.shl (local.get $y) (i32.const 1)) (local.get $v)))))
          (local.set $to (i32.add (local.get $deep) (i32.mul (local.get $deepStride) (local.get $y))))
          (local.set $x (i32.const 0))
          (loop $columns
            (local.set $p (v128.load (local.get $from)))
            (local.set $q (v128.load offset=16 (local.get $from)))
            (v128.store (local.get $to)
              (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $p) (local.get $q)))
            (v128.store (i32.add (local.get $to) (local.get $deepPlane))
              (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $p) (local.get $q)))
            (local.set $from (i32.add (local.get $from) (i32.const 32)))
            (local.set $to (i32.add (local.get $to) (i32.const 16)))
            (br_if $columns (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 4))) (local.get $width))))
          (br_if $rows (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $height))))
        (local.set $deep (i32.add (local.get $deep) (i32.shl (local.get $deepPlane) (i32.const 1))))
        (br_if $half (i32.lt_u (local.tee $v (i32.add (local.get $v) (i32.const 1))) (i32.const 2))))
      (local.set $fine (i32.add (local.get $fine) (local.get $finePlane)))
      (br_if $channel (local.tee $channels (i32.sub (local.get $channels) (i32.const 1))))))

  ;; The way back, added to fine: fine = leaky(fine + sample of deep). Width and height are those of deep, channels those of fine.
  (func (export "scatter")
    (param $fine i32) (param $deep i32) (param $channels i32) (param $width i32) (param $height i32)
    (param $deepStride i32) (param $deepPlane i32) (param $fineStride i32) (param $finePlane i32) (param $slope f32)
    (local $slopes v128) (local $v i32) (local $y i32) (local $x i32) (local $from i32) (local $to i32) (local $p v128) (local $q v128) (local $s v128)
    (local.set $slopes (f32x4.splat (local.get $slope)))
    (loop $channel
      (local.set $v (i32.const 0))
      (loop $half
        (local.set $y (i32.const 0))
        (loop $rows
          (local.set $to (i32.add (local.get $fine) (i32.mul (local.get $fineStride) (i32.add (i32.shl (local.get $y) (i32.const 1)) (local.get $v)))))
          (local.set $from (i32.add (local.get $deep) (i32.mul (local.get $deepStride) (local.get $y))))
          (local.set $x (i32.const 0))
          (loop $columns
            (local.set $p (v128.load (local.get $from)))
            (local.set $q (v128.load (i32.add (local.get $from) (local.get $deepPlane))))
            (local.set $s (f32x4.add (v128.load (local.get $to))
              (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $p) (local.get $q))))
            (v128.store (local.get $to) (f32x4.max (local.get $s) (f32x4.mul (local.get $s) (local.get $slopes))))
            (local.set $s (f32x4.add (v128.load offset=16 (local.get $to))
              (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $p) (local.get $q))))
            (v128.store offset=16 (local.get $to) (f32x4.max (local.get $s) (f32x4.mul (local.get $s) (local.get $slopes))))
            (local.set $from (i32.add (local.get $from) (i32.const 16)))
            (local.set $to (i32.add (local.get $to) (i32.const 32)))
            (br_if $columns (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 4))) (local.get $width))))
          (br_if $rows (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $height))))
        (local.set $deep (i32.add (local.get $deep) (i32.shl (local.get $deepPlane) (i32.const 1))))
        (br_if $half (i32.lt_u (local.tee $v (i32.add (local.get $v) (i32.const 1))) (i32.const 2))))
      (local.set $fine (i32.add (local.get $fine) (local.get $finePlane)))
      (br_if $channel (local.tee $channels (i32.sub (local.get $channels) (i32.const 1))))))

  ;; map = map * (1 + gain of the cell) + offset of the cell; gains and offsets are maps of half the sides.
  (func (export "modulate")
    (param $map i32) (param $gain i32) (param $offset i32) (param $channels i32) (param $width i32) (param $height i32)
    (param $stride i32) (param $plane i32) (param $cellStride i32) (param $cellPlane i32)
    (local $y i32) (local $x i32) (local $at i32) (local $cell i32) (local $g v128) (local $o v128)
    (loop $channel
      (local.set $y (i32.const 0))
      (loop $rows
        (local.set $at (i32.add (local.get $map) (i32.mul (local.get $stride) (local.get $y))))
        (local.set $cell (i32.mul (local.get $cellStride) (i32.shr_u (local.get $y) (i32.const 1))))
        (local.set $x (i32.const 0))
        (loop $columns
          (local.set $g (v128.load64_zero (i32.add (local.get $gain) (local.get $cell))))
          (local.set $o (v128.load64_zero (i32.add (local.get $offset) (local.get $cell))))
          (local.set $g (i8x16.shuffle 0 1 2 3 0 1 2 3 4 5 6 7 4 5 6 7 (local.get $g) (local.get $g)))
          (local.set $o (i8x16.shuffle 0 1 2 3 0 1 2 3 4 5 6 7 4 5 6 7 (local.get $o) (local.get $o)))
          (v128.store (local.get $at) (f32x4.add (local.get $o)
            (f32x4.mul (v128.load (local.get $at)) (f32x4.add (local.get $g) (f32x4.splat (f32.const 1))))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (local.set $cell (i32.add (local.get $cell) (i32.const 8)))
          (br_if $columns (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 4))) (local.get $width))))
        (br_if $rows (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $height))))
      (local.set $map (i32.add (local.get $map) (local.get $plane)))
      (local.set $gain (i32.add (local.get $gain) (local.get $cellPlane)))
      (local.set $offset (i32.add (local.get $offset) (local.get $cellPlane)))
      (br_if $channel (local.tee $channels (i32.sub (local.get $channels) (i32.const 1)))))))
