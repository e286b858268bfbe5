// SPDX-License-Identifier: BSD-3-Clause
// Global clock buffer, for lint only: synthesis tools bring their own.

/* verilator lint_off UNUSEDSIGNAL */
/* verilator lint_off UNDRIVEN */
(* blackbox *)
module BUFG (
  input  logic I,
  output logic O
);
endmodule
