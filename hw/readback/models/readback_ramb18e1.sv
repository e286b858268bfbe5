// SPDX-License-Identifier: BSD-3-Clause
// Half a block RAM as its configuration bits say (UG473): 1024 words of 16 data and 2 parity bits.
//
// Inverters are outside, at the pins. What UG473 leaves undefined (one port reads the word that the
// other writes, unless that one reads first) comes out inverted, so that no result is right by luck.
// Yosys has no model of it.

module readback_ramb18e1 #(
  // Data and parity as INIT_00 to INIT_3F and INITP_00 to INITP_07 hold them, first bit lowest
  parameter logic [16383:0] INIT = '0,
  parameter logic [2047:0] INITP = '0,
  // Port widths: 1, 2, 4, 9 or 18
  parameter int READ_WIDTH_A = 1,
  parameter int READ_WIDTH_B = 1,
  parameter int WRITE_WIDTH_A = 1,
  parameter int WRITE_WIDTH_B = 1,
  // 1: port A reads (port B writes) 36 bits
  parameter int SDP_READ = 0,
  parameter int SDP_WRITE = 0,
  // 0: write first, 1: read first, 2: no change
  parameter int WRITE_MODE_A = 0,
  parameter int WRITE_MODE_B = 0,
  // 1: a register at the output
  parameter int DOA_REG = 0,
  parameter int DOB_REG = 0,
  // Output at power-up and after a reset
  parameter logic [17:0] INIT_A = '0,
  parameter logic [17:0] INIT_B = '0,
  parameter logic [17:0] SRVAL_A = '0,
  parameter logic [17:0] SRVAL_B = '0
) (
  // Port A
  input  logic CLKARDCLK, ENARDEN, RSTRAMARSTRAM, RSTREGARSTREG, REGCEAREGCE,
  input  logic [13:0] ADDRARDADDR,
  input  logic [15:0] DIADI,
  input  logic [1:0] DIPADIP,
  input  logic [3:0] WEA,
  output logic [15:0] DOADO,
  output logic [1:0] DOPADOP,
  // Port B
  input  logic CLKBWRCLK, ENBWREN, RSTRAMB, RSTREGB, REGCEB,
  input  logic [13:0] ADDRBWRADDR,
  input  logic [15:0] DIBDI,
  input  logic [1:0] DIPBDIP,
  input  logic [7:0] WEBWE,
  output logic [15:0] DOBDO,
  output logic [1:0] DOPBDOP
);

  logic [17:0] memory[1024];
  initial
    for (int word = 0; word < 1024; word++)
      memory[word] = {INITP[2 * word +: 2], INIT[16 * word +: 16]};

  // The word as a port of a width sees it: {parity, data}
  function automatic logic [17:0] seen(logic [17:0] word, logic [3:0] place, int width);
    logic [15:0] data;
    data = word[15:0] >> place;
    unique case (width)
      1: return 18'(data[0]);
      2: return 18'(data[1:0]);
      4: return 18'(data[3:0]);
      9: return {1'b0, place[3] ? word[17] : word[16], 8'b0, data[7:0]};
      default: return word;
    endcase
  endfunction

  // The word after a port of a width wrote it; an enable stands for 4 data bits
  function automatic logic [17:0] written(
      logic [17:0] word, logic [17:0] given, logic [3:0] enables, logic [3:0] place, int width);
    logic [15:0] mask, data;
    logic [1:0] parity, parity_mask;
    unique case (width)
      1: begin mask = 16'd1 << place; data = {16{given[0]}}; end
      2: begin mask = 16'd3 << {place[3:1], 1'b0}; data = {8{given[1:0]}}; end
      4: begin mask = 16'd15 << {place[3:2], 2'b0}; data = {4{given[3:0]}}; end
      9: begin mask = 16'd255 << {place[3], 3'b0}; data = {2{given[7:0]}}; end
      default: begin mask = '1; data = given[15:0]; end
    endcase
    if (width == 18)
      mask &= {{4{enables[3]}}, {4{enables[2]}}, {4{enables[1]}}, {4{enables[0]}}};
    else if (enables != '1) mask = '0;
    parity = width == 9 ? {2{given[16]}} : given[17:16];
    parity_mask = {mask[15], mask[0]};
    if (width < 9) parity_mask = '0;
    return {(word[17:16] & ~parity_mask) | (parity & parity_mask),
            (word[15:0] & ~mask) | (data & mask)};
  endfunction

  logic a_writes, b_writes;
  logic [9:0] a_word, b_word;
  logic [17:0] a_new, b_new, b_new_high;
  assign a_word = ADDRARDADDR[13:4];
  assign b_word = ADDRBWRADDR[13:4];
  assign a_writes = ENARDEN && WEA != '0 && SDP_WRITE == 0;
  assign b_writes = ENBWREN && (SDP_WRITE != 0 ? WEBWE != '0 : WEBWE[3:0] != '0);
  assign a_new = written(memory[a_word], {DIPADIP, DIADI}, WEA, ADDRARDADDR[3:0], WRITE_WIDTH_A);
  assign b_new = written(memory[b_word], {DIPBDIP, DIBDI}, WEBWE[3:0], ADDRBWRADDR[3:0],
                         WRITE_WIDTH_B);

  // A 36-bit write is two words: DIADI below, DIBDI above (UG473, table 1-9)
  logic [17:0] wide_low, wide_high;
  assign wide_low = written(memory[{b_word[9:1], 1'b0}], {DIPADIP, DIADI}, WEBWE[3:0], '0, 18);
  assign wide_high = written(memory[{b_word[9:1], 1'b1}], {DIPBDIP, DIBDI}, WEBWE[7:4], '0, 18);

  function automatic logic clash(logic [9:0] reads, int reads_wide, logic [9:0] writes,
                                 int writes_wide, logic busy, int mode);
    logic same;
    same = reads_wide != 0 || writes_wide != 0 ? reads[9:1] == writes[9:1] : reads == writes;
    return busy && same && mode != 1;
  endfunction

  logic [17:0] a_low, a_high, a_q, b_q, a_out_q, b_out_q, a_read, b_read, b_value;
  logic a_clash, b_clash;
  assign a_low = SDP_READ != 0 ? memory[{a_word[9:1], 1'b0}] : memory[a_word];
  assign a_high = memory[{a_word[9:1], 1'b1}];
  assign a_clash = clash(a_word, SDP_READ, b_word, SDP_WRITE, b_writes, WRITE_MODE_B);
  assign b_clash = clash(b_word, 0, a_word, 0, a_writes, WRITE_MODE_A);
  assign a_read = SDP_READ != 0 ? a_low :
                  seen(a_writes && WRITE_MODE_A == 0 ? a_new : a_low, ADDRARDADDR[3:0],
                       READ_WIDTH_A);
  assign b_value = b_writes && WRITE_MODE_B == 0 ? b_new : memory[b_word];
  assign b_read = SDP_READ != 0 ? a_high : seen(b_value, ADDRBWRADDR[3:0], READ_WIDTH_B);

  initial begin
    a_q = INIT_A; b_q = INIT_B; a_out_q = INIT_A; b_out_q = INIT_B;
  end
  always @(posedge CLKARDCLK) begin
    if (a_writes) memory[a_word] <= a_new;
    if (ENARDEN) begin
      if (RSTRAMARSTRAM) a_q <= SRVAL_A;
      else if (!(a_writes && WRITE_MODE_A == 2)) a_q <= a_read ^ {18{a_clash}};
    end
    if (RSTREGARSTREG) a_out_q <= SRVAL_A;
    else if (REGCEAREGCE) a_out_q <= a_q;
  end
  always @(posedge CLKBWRCLK) begin
    if (b_writes && SDP_WRITE == 0) memory[b_word] <= b_new;
    if (b_writes && SDP_WRITE != 0) begin
      memory[{b_word[9:1], 1'b0}] <= wide_low;
      memory[{b_word[9:1], 1'b1}] <= wide_high;
    end
  end
  // In a 36-bit read port A's clock, enable and reset rule the upper half too
  generate
    if (SDP_READ != 0) begin : g_wide
      always @(posedge CLKARDCLK) begin
        if (ENARDEN) b_q <= RSTRAMARSTRAM ? SRVAL_B : a_high ^ {18{a_clash || READ_WIDTH_B != 18}};
        if (RSTREGARSTREG) b_out_q <= SRVAL_B;
        else if (REGCEAREGCE) b_out_q <= b_q;
      end
    end else begin : g_narrow
      always @(posedge CLKBWRCLK) begin
        if (ENBWREN) begin
          if (RSTRAMB) b_q <= SRVAL_B;
          else if (!(b_writes && WRITE_MODE_B == 2)) b_q <= b_read ^ {18{b_clash}};
        end
        if (RSTREGB) b_out_q <= SRVAL_B;
        else if (REGCEB) b_out_q <= b_q;
      end
    end
  endgenerate

  assign {DOPADOP, DOADO} = DOA_REG != 0 ? a_out_q : a_q;
  assign {DOPBDOP, DOBDO} = DOB_REG != 0 ? b_out_q : b_q;

endmodule
