// Singular matrices, repeated eigenvalues, and signs that the mathematics leaves free.

import {
  cholesky,
  det,
  eigh,
  inverse,
  lstsq,
  matmul,
  multiply,
  pinv,
  qr,
  slogdet,
  solve,
  svd,
  triangularSolve,
  zeros,
} from "../../../src/autodiff/index.ts";
import { type Convention, INFINITY, NAN, slope, value, vector } from "./convention.ts";

const singular = [
  [1, 2],
  [2, 4],
];
const twofold = [
  [2, 0],
  [0, 2],
];
const lopsided = [
  [2, 9],
  [1, 3],
];

export const linearAlgebra: readonly Convention[] = [
  [
    "`det` of a singular matrix, derivative",
    "the cofactors",
    [value(det, singular), -0],
    [
      slope(det, singular),
      [
        [4, -2],
        [-2, 1],
      ],
    ],
    [
      slope(det, [
        [0, 0],
        [0, 0],
      ]),
      [
        [0, 0],
        [0, 0],
      ],
    ],
  ],
  ["`det` of a matrix without rows", "1", [() => det(zeros([0, 0])), 1]],
  [
    "`slogdet` of a singular matrix",
    "sign 0, logAbs -Infinity; the derivative is an error",
    [value((a) => slogdet(a).sign, singular), 0],
    [value((a) => slogdet(a).logAbs, singular), -INFINITY],
    [slope((a) => slogdet(a).logAbs, singular), /singular/],
  ],
  [
    "`inverse`, `solve`, `triangularSolve` of a singular matrix",
    "an error",
    [value(inverse, singular), /inverse: the matrix is singular/],
    [value((a) => solve(a, vector([1, 1])), singular), /solve: the matrix is singular/],
    [
      value(
        (a) => triangularSolve(a, vector([1, 1])),
        [
          [0, 0],
          [1, 1],
        ],
      ),
      /the triangle is singular/,
    ],
  ],
  [
    "`lstsq(a, b)` with dependent columns",
    "an error that names pinv",
    [value((a) => lstsq(a, vector([1, 2])), singular), /lstsq: column 2 of 2 depends.*pinv/],
  ],
  [
    "`pinv` of a singular matrix",
    "by the singular values that are not 0",
    [
      value((a) => multiply(pinv(a), 25), singular),
      [
        [1, 2],
        [2, 4],
      ],
    ],
  ],
  [
    "`cholesky` of a matrix that is not positive definite",
    "an error",
    [
      value(cholesky, [
        [1, 2],
        [2, 1],
      ]),
      /cholesky: the matrix is not positive definite/,
    ],
  ],
  [
    "`cholesky`, `eigh` of a matrix that is not symmetric",
    "of (a + aᵀ) / 2, and the derivative is symmetric",
    [value((a) => eigh(a).values, lopsided), [-2.524937810560445, 7.524937810560445]],
    [
      slope(cholesky, [
        [4, 2],
        [2, 5],
      ]),
      [
        [0.1875, 0.125],
        [0.125, 0.25],
      ],
    ],
  ],
  [
    "`eigh` with equal eigenvalues, derivative of the values",
    "as for distinct ones",
    [
      slope((a) => eigh(a).values, twofold),
      [
        [1, 0],
        [0, 1],
      ],
    ],
  ],
  [
    "`eigh` with equal eigenvalues, derivative of the vectors",
    "NaN: there is none",
    [
      slope(
        (a) =>
          multiply(
            eigh(a).vectors,
            vector([
              [1, 2],
              [3, 4],
            ]),
          ),
        twofold,
      ),
      [
        [NAN, NAN],
        [NAN, NAN],
      ],
    ],
  ],
  [
    "signs of the vectors of `eigh`, `svd`",
    "the largest component of each vector (for svd of u) is positive",
    [
      value(
        (a) => eigh(a).vectors,
        [
          [2, 1],
          [1, 3],
        ],
      ),
      [
        [0.8506508083520399, 0.5257311121191336],
        [-0.5257311121191336, 0.8506508083520399],
      ],
    ],
    [
      value(
        (a) => svd(a).u,
        [
          [1, 2],
          [3, 4],
        ],
      ),
      [
        [0.4045535848337569, 0.9145142956773044],
        [0.9145142956773044, -0.4045535848337569],
      ],
    ],
  ],
  [
    "signs of `qr`",
    "those of Householder's reflections: the first element of r is negative for a positive column",
    [
      value(
        (a) => qr(a).r,
        [
          [1, 2],
          [3, 4],
        ],
      ),
      [
        [-3.1622776601683795, -4.427188724235731],
        [0, -0.6324555320336751],
      ],
    ],
  ],
  [
    "`matmul` over an axis of length 0",
    "zeros",
    [
      () => matmul(zeros([2, 0]), zeros([0, 3])),
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    ],
  ],
];
