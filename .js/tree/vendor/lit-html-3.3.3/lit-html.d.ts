import { type TemplateResult } from "lit-html";

export { nothing, render, type TemplateResult } from "lit-html";
export declare function html(strings: TemplateStringsArray, ...values: Drawn[]): TemplateResult<1>;
export declare function svg(strings: TemplateStringsArray, ...values: Drawn[]): TemplateResult<2>;
