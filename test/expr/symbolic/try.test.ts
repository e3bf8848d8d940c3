import { test } from "vitest";
import { parse } from "../../../src/expr/symbolic/parse.ts";
import { format } from "../../../src/expr/symbolic/format.ts";
import { simplify } from "../../../src/expr/symbolic/simplify.ts";
import { derivative } from "../../../src/autodiff/derivative.ts";
const S = ["x^2","x^n","log(x)","sqrt(x)","x^x","exp(-x^2/2)","tan(x)","sigmoid(x)","1/(1+exp(-x))","exp(x)/(1+exp(x))","e^x/(1+e^x)","sigmoid(w*x+b)","1/(1+exp(-(w*x+b)))","(y-t)^2/2","tanh(x)","softplus(x)","log(1+exp(x))","sin(x)*cos(x)","x*exp(x)","x^2*exp(x)","x^3+x^2+x+1","asin(x)","acos(x)","atan(x)","asinh(x)","acosh(x)","atanh(x)","erf(x)","1/x","1/x^2","sin(x)/x","x/(1+x)","(1+x)/(1-x)","2^x","log(x^2)","log(x)/x","sin(x)^2","sin(x^2)","cos(3*x)","exp(sin(x))","sqrt(1-x^2)","abs(x)","relu(x)","silu(x)","x*log(x)-x","sin(x)^2+cos(x)^2","cosh(x)","sech(x)","gelu(x)","log(cosh(x))","log(sin(x))","exp(-x)","x^2*y+y","a*sin(b*x+c)","hypot(x,1)","atan2(x, y)","max(x, 0)","x > 0 ? x^2 : -x","cbrt(x)","x^(1/3)","log2(x)","logSigmoid(x)","mish(x)","1/(1+x^2)","(x^2+1)^3","((x-a)/s)^2","x^10","sigmoid(x)^2","log(sigmoid(x))","-t*log(x)-(1-t)*log(1-x)", "sigmoid(-x)", "exp(x)*exp(-x)", "gamma(x)", "sec(x)", "x^0.5", "(2*x+1)^(1/2)", "log(log(x))", "erf(x/sqrt(2))"];
test("x", () => {
  const out: string[] = [];
  for (const s of S) for (const o of [0,1,2]) { 
    try { const f = parse(s); const by = s.startsWith("(y-t") ? "y" : "x"; const d = o === 0 ? f : derivative(f, by, o); out.push(`${o} ${s}   =>   ${format(simplify(d))}  ${o===1?"     raw " + format(d):""}`);} catch (e) { out.push(`${o} ${s} !!! ${(e as Error).stack?.slice(0,400)}`); }
  }
  console.log(out.join("\n"));
}, 60000);
