; source: the loop count_up_down of SV-COMP's loops, for a start of 50
; answer: safe
; invariant: (and (= (+ s0 s1) 50.0) (<= 0.0 s0) (<= 0.0 s1))
(set-logic HORN)
(declare-fun loop (Real Real) Bool)
(assert (forall ((x Real) (y Real)) (=> (and (= x 50.0) (= y 0.0)) (loop x y))))
(assert (forall ((x Real) (y Real) (u Real) (v Real))
  (=> (and (loop x y) (>= x 1.0) (= u (- x 1.0)) (= v (+ y 1.0))) (loop u v))))
(assert (forall ((x Real) (y Real)) (=> (loop x y) (=> (<= x 0.0) (= y 50.0)))))
(assert (forall ((x Real) (y Real))
  (=> (loop x y) (and (<= 0.0 x) (<= x 50.0) (<= 0.0 y) (<= y 50.0)))))
(check-sat)
