// SPDX-License-Identifier: BSD-3-Clause
// A DSP48E1 as its configuration bits say (UG479): registers, pre-adder, multiplier, 48-bit ALU.
//
// Inverters are outside, at the pins. Modes that UG479 excludes give POISON, so that no result is
// right by luck. Yosys' model (cells_sim.v) is the reference of the test; it stops at such modes.

module readback_dsp48e1 #(
  // Register stages on the way of each operand, 0 to 2
  parameter int AREG = 1,
  parameter int BREG = 1,
  // 1: the cascade output leaves after the first of two stages
  parameter int ACASCREG = 0,
  parameter int BCASCREG = 0,
  // 1: the operand comes from ACIN (BCIN)
  parameter int A_CASCADE = 0,
  parameter int B_CASCADE = 0,
  // 1: the register is there
  parameter int ADREG = 1,
  parameter int ALUMODEREG = 1,
  parameter int CARRYINREG = 1,
  parameter int CARRYINSELREG = 1,
  parameter int CREG = 1,
  parameter int DREG = 1,
  parameter int INMODEREG = 1,
  parameter int MREG = 1,
  parameter int OPMODEREG = 1,
  parameter int PREG = 1,
  // 1: the multiplier takes the pre-adder's sum
  parameter int USE_DPORT = 0
) (
  // Clock, enables, resets
  input  logic CLK, CEA1, CEA2, CEAD, CEALUMODE, CEB1, CEB2, CEC, CECARRYIN, CECTRL, CED, CEINMODE,
  input  logic CEM, CEP, RSTA, RSTALLCARRYIN, RSTALUMODE, RSTB, RSTC, RSTCTRL, RSTD, RSTINMODE,
  input  logic RSTM, RSTP,
  // Operands and modes
  input  logic [29:0] A, ACIN,
  input  logic [17:0] B, BCIN,
  input  logic [47:0] C, PCIN,
  input  logic [24:0] D,
  input  logic [3:0] ALUMODE,
  input  logic [2:0] CARRYINSEL,
  input  logic [4:0] INMODE,
  input  logic [6:0] OPMODE,
  input  logic CARRYIN, CARRYCASCIN, MULTSIGNIN,
  // Results
  output logic [47:0] P, PCOUT,
  output logic [29:0] ACOUT,
  output logic [17:0] BCOUT,
  output logic [3:0] CARRYOUT,
  output logic CARRYCASCOUT, MULTSIGNOUT
);

  localparam logic [47:0] POISON = 48'h5aa5_3cc3_96d2;

  logic [29:0] a_in, a1_q, a2_q, a1, a2;
  logic [17:0] b_in, b1_q, b2_q, b1, b2;
  logic [47:0] c_q, c;
  logic [24:0] d_q, d, ad_q, ad, a_gated, sum;
  logic [6:0] opmode_q, opmode;
  logic [4:0] inmode_q, inmode;
  logic [3:0] alumode_q, alumode;
  logic [2:0] carryinsel_q, carryinsel;
  logic carryin_q, carryin, sign_q, sign;
  logic [47:0] p_q;
  logic carry_q;

  initial begin
    a1_q = '0; a2_q = '0; b1_q = '0; b2_q = '0; c_q = '0; d_q = '0; ad_q = '0; opmode_q = '0;
    inmode_q = '0; alumode_q = '0; carryinsel_q = '0; carryin_q = '0; sign_q = '0; p_q = '0;
    carry_q = '0;
  end

  assign a_in = A_CASCADE != 0 ? ACIN : A;
  assign b_in = B_CASCADE != 0 ? BCIN : B;
  always_ff @(posedge CLK) begin
    if (RSTA) a1_q <= '0; else if (CEA1) a1_q <= a_in;
    if (RSTA) a2_q <= '0; else if (CEA2) a2_q <= AREG == 2 ? a1_q : a_in;
    if (RSTB) b1_q <= '0; else if (CEB1) b1_q <= b_in;
    if (RSTB) b2_q <= '0; else if (CEB2) b2_q <= BREG == 2 ? b1_q : b_in;
    if (RSTC) c_q <= '0; else if (CEC) c_q <= C;
    if (RSTD) d_q <= '0; else if (CED) d_q <= D;
    if (RSTD) ad_q <= '0; else if (CEAD) ad_q <= sum;
    if (RSTCTRL) opmode_q <= '0; else if (CECTRL) opmode_q <= OPMODE;
    if (RSTINMODE) inmode_q <= '0; else if (CEINMODE) inmode_q <= INMODE;
    if (RSTALUMODE) alumode_q <= '0; else if (CEALUMODE) alumode_q <= ALUMODE;
    if (RSTCTRL) carryinsel_q <= '0; else if (CECTRL) carryinsel_q <= CARRYINSEL;
    if (RSTALLCARRYIN) carryin_q <= '0; else if (CECARRYIN) carryin_q <= CARRYIN;
  end
  assign a1 = AREG == 0 ? a_in : a1_q;
  assign a2 = AREG == 0 ? a_in : a2_q;
  assign b1 = BREG == 0 ? b_in : b1_q;
  assign b2 = BREG == 0 ? b_in : b2_q;
  assign c = CREG != 0 ? c_q : C;
  assign d = DREG != 0 ? d_q : D;
  assign opmode = OPMODEREG != 0 ? opmode_q : OPMODE;
  assign inmode = INMODEREG != 0 ? inmode_q : INMODE;
  assign alumode = ALUMODEREG != 0 ? alumode_q : ALUMODE;
  assign carryinsel = CARRYINSELREG != 0 ? carryinsel_q : CARRYINSEL;
  assign carryin = CARRYINREG != 0 ? carryin_q : CARRYIN;
  assign ACOUT = ACASCREG == 1 && AREG == 2 ? a1 : a2;
  assign BCOUT = BCASCREG == 1 && BREG == 2 ? b1 : b2;

  // UG479, table 2-5: INMODE chooses the stage, gates A and D, subtracts
  assign a_gated = inmode[1] ? '0 : inmode[0] ? a1[24:0] : a2[24:0];
  assign sum = inmode[3] ? (inmode[2] ? d : '0) - a_gated : (inmode[2] ? d : '0) + a_gated;
  assign ad = ADREG != 0 ? ad_q : sum;

  logic signed [24:0] factor_a;
  logic signed [17:0] factor_b;
  logic signed [42:0] product, m_q, m;
  assign factor_a = USE_DPORT != 0 ? ad : a_gated;
  assign factor_b = inmode[4] ? b1 : b2;
  assign product = factor_a * factor_b;
  initial m_q = '0;
  always_ff @(posedge CLK) begin
    if (RSTM) m_q <= '0; else if (CEM) m_q <= product;
    if (RSTALLCARRYIN) sign_q <= '0; else if (CEM) sign_q <= factor_a[24] ~^ factor_b[17];
  end
  assign m = MREG != 0 ? m_q : product;
  assign sign = MREG != 0 ? sign_q : factor_a[24] ~^ factor_b[17];

  // UG479, tables 2-7 to 2-9: what X, Y, Z and the carry are
  logic [47:0] x, y, z;
  logic carry, excluded;
  always_comb begin
    unique case (opmode[1:0])
      2'b00: x = '0;
      2'b01: x = 48'(m);
      2'b10: x = p_q;
      default: x = {a2, b2};
    endcase
    unique case (opmode[3:2])
      2'b10: y = '1;
      2'b11: y = c;
      default: y = '0;
    endcase
    unique case (opmode[6:4])
      3'b000: z = '0;
      3'b001: z = PCIN;
      3'b010, 3'b100: z = p_q;
      3'b011: z = c;
      3'b101: z = 48'(signed'(PCIN[47:17]));
      3'b110: z = 48'(signed'(p_q[47:17]));
      default: z = POISON;
    endcase
    excluded = (opmode[1:0] == 2'b01) != (opmode[3:2] == 2'b01) || opmode[6:4] == 3'b111 ||
               (opmode[1:0] == 2'b01 && alumode[3:2] != 2'b00) ||
               (PREG == 0 && (opmode[1:0] == 2'b10 || opmode[6:4] inside {3'd2, 3'd4, 3'd6}));
    unique case (carryinsel)
      3'b000: carry = carryin;
      3'b001: carry = ~PCIN[47];
      3'b010: carry = CARRYCASCIN;
      3'b011: carry = PCIN[47];
      3'b100: carry = carry_q;
      3'b101: carry = ~p_q[47];
      3'b110: carry = sign;
      default: carry = p_q[47];
    endcase
  end

  // ALUMODE[0] inverts Z, [1] the result; [3:2] leave the carries out (logic) or keep only them
  logic [47:0] z_in, half, majority, result;
  logic [48:0] total;
  always_comb begin
    z_in = alumode[0] ? ~z : z;
    half = alumode[3] ? (x & y) | (x & z_in) | (y & z_in) : x ^ y ^ z_in;
    majority = alumode[2] ? '0 : (x & y) | (x & z_in) | (y & z_in);
    total = {1'b0, half} + {majority, alumode[3:2] != 2'b00 ? 1'b0 : carry};
    result = alumode[1] ? ~total[47:0] : total[47:0];
    if (excluded) result = POISON;
  end

  always_ff @(posedge CLK) begin
    if (RSTP) p_q <= '0; else if (CEP) p_q <= result;
    if (RSTP) carry_q <= '0; else if (CEP) carry_q <= total[48] ^ alumode[0] & alumode[1];
  end
  assign P = PREG != 0 ? p_q : result;
  assign PCOUT = P;
  assign CARRYOUT = {PREG != 0 ? carry_q : total[48], 3'b000};
  assign CARRYCASCOUT = PREG != 0 ? carry_q : total[48];
  assign MULTSIGNOUT = m[42];

endmodule
