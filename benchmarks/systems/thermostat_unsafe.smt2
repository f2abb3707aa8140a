; source: the thermostat of Henzinger, The theory of hybrid automata, LICS 1996, by Euler steps of a tenth; a relation for each mode
; answer: unsafe
; steps: 20
(set-logic HORN)
(declare-fun off (Real) Bool)
(declare-fun on (Real) Bool)
(assert (forall ((x Real)) (=> (= x 20.0) (off x))))
(assert (forall ((x Real) (y Real)) (=> (and (off x) (>= x 18.0) (= y (- x (/ x 100.0)))) (off y))))
(assert (forall ((x Real) (y Real)) (=> (and (on x) (<= x 22.0) (= y (+ x (/ 1.0 2.0) (- (/ x 100.0))))) (on y))))
(assert (forall ((x Real)) (=> (and (off x) (< x 19.0)) (on x))))
(assert (forall ((x Real)) (=> (and (on x) (> x 21.0)) (off x))))
(assert (forall ((x Real)) (=> (and (off x) (not (and (<= 17.82 x) (<= x 22.2)))) false)))
(assert (forall ((x Real)) (=> (and (on x) (not (and (<= 17.82 x) (<= x 22.2)))) false)))
(check-sat)
