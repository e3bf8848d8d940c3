import { test } from "vitest";
import { parse } from "../../../src/expr/symbolic/parse.ts";
import { format } from "../../../src/expr/symbolic/format.ts";
import { toTex } from "../../../src/expr/symbolic/tex.ts";
import { simplify } from "../../../src/expr/symbolic/simplify.ts";
import { expand, expandPoint } from "../../../src/expr/symbolic/expand.ts";
import { derivative, gradient } from "../../../src/autodiff/derivative.ts";
const text = "h = sigmoid(w1 * x + b1)\ny = sigmoid(w2 * h + b2)\nloss = sum((y - t) .^ 2) / 2";
const shapes = { w1: [2, 3], x: [3], b1: [2], w2: [2, 2], b2: [2], t: [2] };
test("net", () => {
  const f = parse(text, { shapes });
  console.log(format(f)); console.log(format(f, {share: true})); console.log(toTex(f)); console.log(toTex(f, {share:true}));
  const g = expand(f);
  console.log(g.names.join(" ")); console.log(format(g, {share:true})); 
  const point = { x: [1,2,3], t: [0.5,0.1], w1: [[0.1,0.3,0.5],[0.2,0.4,0.6]], w2: [[0.7,0.9],[0.8,0.1]], b1: [0.5,0.5], b2: [0.3,0.3] };
  console.log(f(point).item(), g(expandPoint(point)).item());
  const d = derivative(g, "w2_1_1"); let t = performance.now(); const s = simplify(d); console.log(performance.now()-t);
  console.log(format(s, {share: true})); console.log(format(s)); console.log(s(expandPoint(point)).item());
  const d1 = derivative(g, "w1_1_1");  console.log(format(simplify(d1), {share: true})); console.log(simplify(d1)(expandPoint(point)).item());
  for (const [k, v] of Object.entries(gradient(f))) { console.log(k, format(v, {share: true})); console.log(" => ", format(simplify(v), {share: true}), simplify(v).output.shape, v.output.shape, JSON.stringify(v(point).toArray()) , JSON.stringify(simplify(v)(point).toArray())); }
  for (const s of ["x^2","1/(2*sqrt(x))","sigmoid(w1*x+b)*(1-sigmoid(w1*x+b))","2*x*cos(x^2)","3*2^x","x > 0 ? x^2 : -x","exp(-x^2/2)","(exp(x))^2","sin(x)^2","abs(x)^3","a*(b+c)","a*-b","-x^2","(a/b)^2","(a/b)/c*d","x_1*alpha","1e-10*x","max(x,y)","log(x)/log(2)","x^-1","x^(y+1)","-(a+b)","a-(b-c)","x==1 and y>2","not x","hypot(x,y)","xlogy(x,y)", "(x>0?1:2)*y", "2*3*x", "x*2"]) console.log(s, "   ", toTex(parse(s, {stable:false})));
});
